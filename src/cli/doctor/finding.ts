/** What a check found. */
import type { Finding } from "../../../bots/slack/doctor.ts";
import { doctorTexts } from "../texts.ts";

export type { Finding };
export type Told = (findings: readonly Finding[]) => void;

export const fine = (check: string, detail: string): Finding => ({ check, ok: true, detail, remedy: null });

export const wrong = (check: string, detail: string, remedy: string): Finding => ({ check, ok: false, detail, remedy });

/** A check never ends the others. Of what it throws, only the name is told: a message could hold anything. */
export async function guarded(check: string, run: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await run();
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return [wrong(check, doctorTexts.incident(name), doctorTexts.incidentRemedy)];
  }
}
