/** A new account, for somebody who comes into the groupe. */
import type { AgentRecord } from "../../../models/agent.ts";
import { NEW_PROFILE } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import type { Faults } from "../../demandes/faults.ts";
import { textFaultText } from "../../demandes/faults.ts";
import { tell } from "../../demandes/refusals.ts";
import { cleanLine } from "../../domain/cleaning.ts";
import { agentId } from "../../domain/ids.ts";
import type { Identity } from "../../domain/place.ts";
import { normaliseTelephone } from "../../domain/telephone.ts";
import { checkboxField, choiceField, textField } from "../../presentation/fields.ts";
import type { Form, FormValues } from "../../presentation/form.ts";
import { chosenValues, isTicked, textValue } from "../../presentation/form.ts";
import { addTexts, createTexts, roleTexts } from "../../texts/groupes.ts";
import { faultTexts } from "../../texts.ts";
import { EMAIL } from "../commands/parse.ts";
import { closeAddresses } from "../findPerson.ts";
import { record } from "../record.ts";
import type { Role } from "../roles.ts";
import { isRole, membershipWith, ROLES, rolesText } from "../roles.ts";
import { tellMember } from "../tellMember.ts";
import type { GroupeForm, GroupeFormRequest, GroupeSubmission } from "./groupeForm.ts";

const LONGEST_LINE = 100;
const LONGEST_EMAIL = 200;
const texts = createTexts;
/** https://spec.matrix.org/latest/appendices/#user-identifiers */
const MXID = /^@[a-z0-9._=/+-]+:[a-z0-9.-]+(?::\d{1,5})?$/;

/** What was typed after the command, put into the form. */
export interface CreatePrefill {
  readonly email?: string;
  readonly matrix?: string;
}

/** The homeserver that stands for Matrix accounts there; null where the groupe and the responsable are on Slack alone. */
function homeserverFor(groupe: Groupe, platform: string, workspace: string): string | null {
  if (platform === "matrix") return workspace;
  return groupe.place?.platform === "matrix" ? groupe.place.workspace : null;
}

const chosenRoles = (values: FormValues): Role[] => chosenValues(values, "roles").filter(isRole);

/** @param onMatrix whether accounts of Matrix may be given */
export async function creationForm(
  { db }: UseCaseContext,
  groupe: Groupe,
  values: FormValues,
  onMatrix: boolean,
  prefill: CreatePrefill = {},
): Promise<Form> {
  const instructeur = chosenRoles(values).includes("instructeur");
  const options = ROLES.map((role) => ({ value: role, label: roleTexts[role] }));
  const email = prefill.email === undefined ? {} : { initial: prefill.email.slice(0, LONGEST_EMAIL) };
  return {
    id: "groupe-creer",
    title: texts.title,
    submit: texts.submit,
    context: { groupe: groupe.id, matrix: onMatrix ? "oui" : "" },
    parts: [
      { kind: "note", text: texts.intro(groupe.name) },
      textField("nom", texts.nom, true, LONGEST_LINE),
      textField("email", texts.email, true, LONGEST_EMAIL, { hint: texts.emailHint, ...email }),
      choiceField("roles", texts.roles, [{ label: texts.roles, options }], {
        multiple: true,
        required: true,
        hint: texts.rolesHint,
        refreshes: true,
      }),
      ...(instructeur
        ? [
            { kind: "note" as const, text: texts.access(await db.groupeDemandes.openCount(groupe.id)) },
            checkboxField("accord", texts.accord, texts.accordOption, true),
          ]
        : []),
      textField("qualite", texts.qualite, false, LONGEST_LINE, { hint: texts.qualiteHint }),
      textField("telephone", texts.telephone, false, LONGEST_LINE),
      ...(onMatrix
        ? [
            textField("matrix", texts.matrix, false, LONGEST_EMAIL, {
              hint: texts.matrixHint,
              ...(prefill.matrix !== undefined && { initial: prefill.matrix }),
            }),
          ]
        : []),
      checkboxField("partage", texts.partage, texts.partageOption),
      checkboxField("autre", texts.autre, texts.autreOption),
    ],
  };
}

const refresh = ({ context, groupe, values, ids }: GroupeFormRequest): Promise<Form> =>
  creationForm(context, groupe, values, ids.matrix === "oui");

interface Checked {
  readonly nom: string;
  readonly email: string;
  readonly qualite: string;
  readonly telephone: string;
  readonly roles: readonly Role[];
  readonly identity: Identity | null;
}

function line(values: FormValues, name: string, faults: Faults, required: boolean): string {
  const cleaned = cleanLine(textValue(values, name), LONGEST_LINE);
  if (!cleaned.ok) faults[name] = textFaultText(cleaned.reason, LONGEST_LINE);
  else if (required && cleaned.value === "") faults[name] = faultTexts.required;
  return cleaned.ok ? cleaned.value : "";
}

async function checkEmail(request: GroupeSubmission, typed: string, own: string): Promise<string | null> {
  const { context, agent, groupe, values, sign } = request;
  if (typed.length > LONGEST_EMAIL || EMAIL.exec(typed)?.[0] !== typed) return texts.faults.email;
  const holder = await context.db.agents.byEmail(typed);
  if (holder && holder.id !== own) return texts.faults.taken(sign, typed);
  if (isTicked(values, "autre")) return null;
  const close = await closeAddresses(context, agent, groupe.id, typed);
  return close.length === 0 || holder ? null : texts.faults.close(close.map(({ name, email }) => `${name} (${email})`));
}

async function checkMatrix(request: GroupeSubmission, own: string): Promise<Identity | null | { readonly fault: string }> {
  const { context, groupe, values, platform, workspace } = request;
  const typed = textValue(values, "matrix").toLowerCase();
  const homeserver = homeserverFor(groupe, platform, workspace);
  if (typed === "" || homeserver === null) return null;
  if (!MXID.test(typed)) return { fault: texts.faults.matrix };
  const identity: Identity = { platform: "matrix", workspace: homeserver, user: typed };
  const holder = await context.db.agents.byIdentity(identity);
  return holder && holder.id !== own ? { fault: texts.faults.matrixTaken } : identity;
}

async function check(request: GroupeSubmission, own: string): Promise<Checked | { readonly faults: Faults }> {
  const { values } = request;
  const faults: Faults = {};
  const nom = line(values, "nom", faults, true);
  const qualite = line(values, "qualite", faults, false);
  const email = textValue(values, "email").toLowerCase();
  const wrong = await checkEmail(request, email, own);
  if (wrong !== null) faults.email = wrong;
  const typedPhone = line(values, "telephone", faults, false);
  const telephone = typedPhone === "" ? "" : normaliseTelephone(typedPhone);
  if (telephone === undefined) faults.telephone ??= faultTexts.telephone;
  const roles = chosenRoles(values);
  if (roles.length === 0) faults.roles = texts.faults.roles;
  if (roles.includes("instructeur") && !isTicked(values, "accord"))
    faults[values.accord === undefined ? "roles" : "accord"] = texts.faults.accord;
  const identity = await checkMatrix(request, own);
  if (identity !== null && "fault" in identity) faults.matrix = identity.fault;
  if (Object.keys(faults).length > 0 || telephone === undefined || (identity !== null && "fault" in identity)) return { faults };
  return { nom, email, qualite, telephone, roles, identity };
}

async function submit(request: GroupeSubmission): Promise<FormReaction> {
  const { context, agent, groupe, command, values, sign } = request;
  const { db } = context;
  // The account's id comes from the sending: sent again after a lost answer, it finds the account that it made.
  const id = agentId(command);
  const checked = await check(request, id);
  if ("faults" in checked) return { kind: "faults", faults: checked.faults };
  const { nom, email, qualite, telephone, roles, identity } = checked;
  const membership = membershipWith(groupe.id, roles);
  const account: Pick<AgentRecord, "name" | "email" | "shared" | "memberships" | "identities" | "profile"> = {
    name: nom,
    email,
    shared: isTicked(values, "partage"),
    memberships: [membership],
    identities: identity === null ? [] : [identity],
    profile: { ...NEW_PROFILE, qualite, telephone },
  };
  const entry = { context, agent, groupe, command, act: "compte", about: id, before: [], after: roles } as const;
  const done = await record(entry, async () => {
    if (!(await db.memberships.create({ id, ...account }))) return false;
    const notice = addTexts.notice(agent.name, groupe.name, rolesText(membership)) + addTexts.noticeHelp(sign);
    await tellMember(db, id, command, notice);
    return true;
  });
  if (!done) return { kind: "faults", faults: { email: texts.faults.taken(sign, email) } };
  return tell(texts.created(nom, groupe.name, rolesText(membership)) + texts.another(sign));
}

export const createForm: GroupeForm = { capability: "createAccount", refresh, submit };
