/** `aplus usager exporter | effacer`: the requests that an usager may make under the RGPD. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { RegisterAct } from "../../models/register.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { offlineContext } from "../demandes/offline.ts";
import { formatRef, parseRef } from "../domain/ids.ts";
import { PermanentError } from "../errors.ts";
import { createLog } from "../log.ts";
import { usagerCliTexts as texts } from "../texts/usager.ts";
import { dossierText, makeDossier } from "../usagers/dossier.ts";
import { eraseOnRequest } from "../usagers/eraseOnRequest.ts";
import { byPerson, type FoundUsager, findUsagers } from "../usagers/find.ts";
import { tell } from "./output.ts";
import { openStore } from "./store.ts";

export interface UsagerOptions {
  readonly nom: string | undefined;
  readonly prenom: string | undefined;
  readonly naissance: string | undefined;
  readonly demandes: readonly string[];
  readonly reference: string | undefined;
}

const DATE = /^\d{2}\/\d{2}\/\d{4}$/;
/** No spaces: a reference, and not a name. */
const REFERENCE = /^[\w./-]{1,60}$/;

const refsOf = ({ demandes }: FoundUsager): string[] => demandes.map(({ state }) => formatRef(state.ref));
const told = (found: FoundUsager): string => texts.person(found.prenom, found.nomDeFamille, found.dateDeNaissance, refsOf(found));

async function byRefs(db: Database, refs: readonly string[]): Promise<FoundUsager[]> {
  const demandes: LoadedDemande[] = [];
  for (const text of refs) {
    const ref = parseRef(text);
    if (ref === undefined) throw new PermanentError(texts.badRef(text));
    const demande = await db.demandes.loadByRef(ref);
    if (!demande || demande.state.wipedAt !== null) throw new PermanentError(texts.noDemande(formatRef(ref)));
    demandes.push(demande);
  }
  return byPerson(demandes);
}

function checked({ nom, naissance, demandes, reference }: UsagerOptions): void {
  if (reference !== undefined && !REFERENCE.test(reference)) throw new PermanentError(texts.badReference);
  if (naissance !== undefined && !DATE.test(naissance)) throw new PermanentError(texts.badDate);
  if (demandes.length === 0 && !nom?.trim()) throw new PermanentError(texts.noCriteria);
}

/** Each demande of which something is told here is in the register first. */
async function note(db: Database, found: readonly FoundUsager[], act: RegisterAct, reason: string | null): Promise<void> {
  const at = systemClock.now();
  for (const { id, state } of found.flatMap(({ demandes }) => demandes))
    await db.register.add({
      id: `${act}/${id}/${at.getTime()}`,
      act,
      ref: state.ref,
      at,
      agentId: null,
      name: texts.doer,
      groupeId: null,
      from: texts.doer,
      reason,
    });
}

/** Exactly one person: two of the same name are told apart by who asks. @throws PermanentError */
async function onePerson(db: Database, options: UsagerOptions): Promise<FoundUsager> {
  const { nom = "", prenom, naissance, demandes } = options;
  const criteria = {
    nom,
    ...(prenom !== undefined && { prenom }),
    ...(naissance !== undefined && { dateDeNaissance: naissance }),
  };
  const found = demandes.length > 0 ? await byRefs(db, demandes) : await findUsagers(db, criteria);
  const [person, ...others] = found;
  if (!person) throw new PermanentError(texts.nobody);
  if (others.length === 0) return person;
  await note(db, found, "consultation", options.reference ?? null);
  throw new PermanentError(texts.several(found.map(told)));
}

/**
 * Writes what is held on one person in a new folder that only its owner may read.
 * @throws PermanentError or RetryError, with a sentence
 */
export async function exportUsager(config: Config, options: UsagerOptions, folder: string): Promise<void> {
  checked(options);
  const store = await openStore(config);
  try {
    const { db } = store;
    const person = await onePerson(db, options);
    await note(db, [person], "export", options.reference ?? null);
    await mkdir(folder, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === "EEXIST" ? new PermanentError(texts.exists(folder)) : cause;
    });
    const dossier = await makeDossier(db, person.demandes, systemClock.now());
    await writeFile(join(folder, "dossier.json"), `${JSON.stringify(dossier, null, 2)}\n`, { mode: 0o600 });
    await writeFile(join(folder, "dossier.txt"), dossierText(dossier), { mode: 0o600 });
    tell(texts.exported(person.demandes.length, folder));
  } finally {
    await store.close();
  }
}

/**
 * Without `yes`, tells what would be erased and changes nothing.
 * @throws PermanentError or RetryError, with a sentence
 */
export async function eraseUsager(config: Config, options: UsagerOptions, yes: boolean): Promise<void> {
  checked(options);
  const store = await openStore(config);
  try {
    const { db } = store;
    const person = await onePerson(db, options);
    if (!yes) {
      await note(db, [person], "consultation", options.reference ?? null);
      return tell(texts.would(told(person)));
    }
    const context = offlineContext(db, systemClock, createLog("silent"), config.maxFileSize);
    const request = { reference: options.reference ?? null, name: texts.doer, from: texts.doer };
    let erased = 0;
    for (const demande of person.demandes) if (await eraseOnRequest(context, demande, request)) erased += 1;
    tell(texts.erased(erased));
  } finally {
    await store.close();
  }
}
