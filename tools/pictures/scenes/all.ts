/** Every scene, in the order in which they are played. */
import type { Scene } from "../scene.ts";
import { aidantScenes } from "./aidant.ts";
import { everybodyScenes } from "./everybody.ts";
import { instructeurScenes } from "./instructeur.ts";
import { responsableScenes } from "./responsable.ts";

export const scenes: readonly Scene[] = [...aidantScenes, ...instructeurScenes, ...responsableScenes, ...everybodyScenes];
