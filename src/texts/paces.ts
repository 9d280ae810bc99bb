/** What is said to whoever goes on faster than people do. */
export const paceTexts = {
  paused: (seconds: number) =>
    `Vous allez trop vite pour le robot : ceci n’a pas été pris en compte, ni ce que vous ferez ou écrirez d’ici ${seconds} secondes. Attendez un peu, puis recommencez.`,
};
