/** From the codes of the domain's checks to sentences beside the fields. */
import { SUJET_MAX_LENGTH } from "../domain/sujet.ts";
import type { UsagerFault, UsagerFaults } from "../domain/usager.ts";
import { USAGER_MAX_LENGTH } from "../domain/usager.ts";
import { faultTexts } from "../texts.ts";

export type Faults = Record<string, string>;

export const usagerFaultText = (fault: UsagerFault): string =>
  fault === "tooLong" ? faultTexts.tooLong(USAGER_MAX_LENGTH) : faultTexts[fault];

export const usagerFaultTexts = (faults: UsagerFaults): Faults =>
  Object.fromEntries(Object.entries(faults).map(([field, fault]) => [field, usagerFaultText(fault)]));

export const sujetFaultText = (reason: "required" | "tooLong" | "controlCharacters" | "sujetIdentity"): string =>
  reason === "tooLong" ? faultTexts.tooLong(SUJET_MAX_LENGTH) : faultTexts[reason];

export const textFaultText = (reason: "tooLong" | "controlCharacters", limit: number): string =>
  reason === "tooLong" ? faultTexts.tooLong(limit) : faultTexts.controlCharacters;
