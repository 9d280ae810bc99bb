/** How far a demande is. */
export const STATUSES = ["nouvelle", "en_cours", "traitee", "archivee"] as const;
export type Status = (typeof STATUSES)[number];

/** People may still have something to do. */
export const NOT_ARCHIVED = ["nouvelle", "en_cours", "traitee"] as const satisfies readonly Status[];
/** An instructeur has something to do: only these can be en souffrance. */
export const OPEN = ["nouvelle", "en_cours"] as const satisfies readonly Status[];
