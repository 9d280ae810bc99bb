/** Clicks, commands, shortcuts and forms: handed to the desk, acknowledged once written, then shown. */
import type { App, RespondFn, ViewSubmitAction } from "@slack/bolt";
import type { ModalView } from "@slack/web-api";
import { COMMANDS, SHORTCUTS } from "../../../src/actions.ts";
import type { Desk, FormInbound, FormReaction, Reaction } from "../../../src/demandes/desk.ts";
import { UserError } from "../../../src/errors.ts";
import { slackTexts } from "../../../src/texts.ts";
import { faultFields, type Log } from "../../log.ts";
import type { Homes } from "../home.ts";
import { isOfSlack } from "../hosts.ts";
import { actionOfId } from "../render/buttons.ts";
import {
  blockErrors,
  type Carried,
  formOfCallback,
  formValues,
  readCarried,
  renderForm,
  renderNotice,
  viewState,
} from "../render/form.ts";
import { SEARCH_ACTION } from "../render/home.ts";
import { type Showing, type Stage, sentence } from "../show.ts";
import { type Workspace, type Workspaces, workspaceOf } from "../workspaces.ts";
import { clickId, commandId, homeId, refreshId, shortcutId, submissionId } from "./ids.ts";
import { person, placeIn, rootOf } from "./inbox.ts";
import { borneBy, type Click, click, command, type HomeView, homeView, inputsOf, shortcut, type View, view } from "./payloads.ts";
import { type Names, readText } from "./richtext.ts";
import { typedText } from "./typed.ts";

export interface ActsDependencies {
  readonly desk: Desk;
  readonly workspaces: Workspaces;
  readonly names: (workspace: Workspace) => Names;
  readonly showing: Showing;
  readonly homes: Homes;
  readonly log: Log;
  /** Keeps what goes on after the acknowledgement under way when the program stops. */
  readonly after: (work: Promise<void>) => void;
}

type Ack<Answer = undefined> = (answer?: Answer) => Promise<void>;

const commandOf = (typed: string) => COMMANDS.find(({ command: known }) => `/${known}` === typed)?.command;
const shortcutOf = (callback: string) => SHORTCUTS.find((known) => known.callback === callback)?.callback;

/** https://docs.slack.dev/reference/objects/conversation-object: direct conversations begin with D. */
/** What is shown beside an act may be for that person alone: it goes to Slack or nowhere. */
const answersSlack = (
  { client }: Workspace,
  { response_url: address }: { readonly response_url?: string | undefined },
): boolean => address !== undefined && isOfSlack(address, client.slackApiUrl);

const isDirect = (channel: string): boolean => channel.startsWith("D");

/** The thread in which a button stands: the message's own, the message itself for a root, none for what one person sees outside threads. */
function rootOfClick({ container, message }: Click): string | null {
  const thread = message?.thread_ts ?? container.thread_ts;
  if (thread !== undefined) return thread;
  return container.is_ephemeral ? null : (message?.ts ?? container.message_ts ?? null);
}

export class Acts {
  readonly #with: ActsDependencies;

  constructor(dependencies: ActsDependencies) {
    this.#with = dependencies;
  }

  /** Every interaction of Slack's that this program offers. */
  register(app: App): void {
    app.action({ type: "block_actions" }, async ({ body, ack, respond, context }) => {
      const read = click.parse(body);
      const refreshed = "view" in body && body.view?.type === "modal" ? view.parse(body.view) : null;
      const workspace = this.#workspace(context.teamId);
      const home = "view" in body && body.view?.type === "home" ? homeView.parse(body.view) : null;
      if (home !== null) return this.#inHome(workspace, read, home, ack);
      await (refreshed === null ? this.#click(workspace, read, ack, respond) : this.#refresh(workspace, read, refreshed, ack));
    });
    app.command(/.*/, async ({ body, ack, respond, context }) => {
      await this.#command(this.#workspace(context.teamId), command.parse(body), ack, respond);
    });
    app.shortcut({ type: "message_action" }, async ({ body, ack, context }) => {
      await this.#shortcut(this.#workspace(context.teamId), shortcut.parse(body), ack);
    });
    app.view<ViewSubmitAction>({ type: "view_submission", callback_id: /.*/ }, async ({ body, ack, context }) => {
      await this.#submit(this.#workspace(context.teamId), body.user.id, view.parse(body.view), ack);
    });
  }

  #workspace(teamId: string | undefined): Workspace {
    return workspaceOf(this.#with.workspaces, teamId ?? "");
  }

  async #click(workspace: Workspace, body: Click, ack: Ack, respond: RespondFn): Promise<void> {
    const pressed = body.actions[0];
    const action = pressed === undefined ? undefined : actionOfId(pressed.action_id);
    const channel = body.channel?.id ?? body.container.channel_id;
    if (pressed === undefined || action === undefined || channel === undefined) return ack();
    const root = rootOfClick(body);
    const at = `${channel}:${body.message?.ts ?? body.container.message_ts ?? ""}`;
    const reaction = await this.#safely(() =>
      this.#with.desk.click({
        id: clickId(workspace.id, body.user.id, at, pressed.action_id, pressed.action_ts),
        person: person(workspace, body.user.id),
        action,
        value: borneBy(pressed),
        place: placeIn(workspace, channel),
        root,
      }),
    );
    await this.#acknowledge(ack);
    this.#show(reaction, {
      workspace,
      user: body.user.id,
      channel,
      thread: root,
      triggerId: body.trigger_id ?? null,
      inModal: false,
      // Only what this person alone sees is replaced by the next page.
      respond: body.container.is_ephemeral && answersSlack(workspace, body) ? { send: respond, use: "replaceLists" } : null,
    });
  }

  /** Another page of the home; or an act of its own, after which the home is what that act has made of it. */
  async #inHome(workspace: Workspace, body: Click, { private_metadata: view, hash }: HomeView, ack: Ack): Promise<void> {
    const pressed = body.actions[0];
    if (pressed === undefined) return ack();
    const user = body.user.id;
    const id = homeId(workspace.id, user, pressed.action_ts);
    const action = actionOfId(pressed.action_id);
    if (pressed.action_id === SEARCH_ACTION || action === "lister" || action === undefined) {
      await ack();
      const asked =
        pressed.action_id === SEARCH_ACTION ? { view: null, search: pressed.value ?? "" } : { view: borneBy(pressed) };
      return this.#with.after(this.#with.homes.publish(workspace, user, id, asked));
    }
    const reaction = await this.#safely(() =>
      this.#with.desk.click({
        id: clickId(workspace.id, user, "home", pressed.action_id, pressed.action_ts),
        person: person(workspace, user),
        action,
        value: borneBy(pressed),
        // Slack takes somebody's id for the conversation with them, which is where the home is.
        place: placeIn(workspace, user),
        root: null,
      }),
    );
    await this.#acknowledge(ack);
    const stage = { workspace, user, channel: null, thread: null, triggerId: body.trigger_id ?? null, inModal: false };
    this.#show(reaction, { ...stage, respond: null, home: view });
    this.#with.after(this.#with.homes.publish(workspace, user, id, { view, hash }));
  }

  async #command(workspace: Workspace, body: ReturnType<typeof command.parse>, ack: Ack, respond: RespondFn): Promise<void> {
    const known = commandOf(body.command);
    if (known === undefined) return ack();
    const { text, withoutMentions, users } = typedText(body.text);
    const reaction = await this.#safely(() =>
      this.#with.desk.command({
        id: commandId(workspace.id, body.trigger_id),
        person: person(workspace, body.user_id),
        command: known,
        text,
        ...(users.length > 0 && { withoutMentions, mentioned: users.map((user) => person(workspace, user)) }),
        place: placeIn(workspace, body.channel_id),
        direct: isDirect(body.channel_id),
      }),
    );
    await this.#acknowledge(ack);
    this.#show(reaction, {
      workspace,
      user: body.user_id,
      channel: body.channel_id,
      thread: null,
      triggerId: body.trigger_id,
      inModal: false,
      respond: answersSlack(workspace, body) ? { send: respond, use: "beside" } : null,
    });
  }

  async #shortcut(workspace: Workspace, body: ReturnType<typeof shortcut.parse>, ack: Ack): Promise<void> {
    const known = shortcutOf(body.callback_id);
    if (known === undefined) return ack();
    const { message, channel } = body;
    const root = rootOf(message);
    const reaction = await this.#safely(async () =>
      this.#with.desk.shortcut({
        id: shortcutId(workspace.id, known, channel.id, message.ts, body.trigger_id),
        person: person(workspace, body.user.id),
        shortcut: known,
        place: placeIn(workspace, channel.id),
        root,
        message: message.ts,
        text: await readText(message, this.#with.names(workspace)),
      }),
    );
    await this.#acknowledge(ack);
    this.#show(reaction, {
      workspace,
      user: body.user.id,
      channel: channel.id,
      thread: root,
      triggerId: body.trigger_id,
      inModal: false,
      respond: null,
    });
  }

  /** A field whose value decides which others there are: the same window with the form built anew; what is typed stays. */
  async #refresh(workspace: Workspace, body: Click, open: View, ack: Ack): Promise<void> {
    const given = this.#form(workspace, body.user.id, open, refreshId(open.id, body.actions[0]?.action_ts ?? ""));
    if (given === null) return ack();
    try {
      const form = await this.#with.desk.refreshForm(given.inbound);
      await ack();
      const built =
        form === null
          ? renderNotice(slackTexts.submissionFaultTitle, sentence(slackTexts.formClosed))
          : renderForm(form, given.carried);
      this.#with.after(this.#update(workspace, open, built));
    } catch (error) {
      // The window stays as it is, and its sending says what is wrong.
      this.#with.log.error({ form: given.inbound.form, ...faultFields(error) }, "A form could not be built anew");
      await ack();
    }
  }

  /** Refused when the person has changed the window meanwhile: that change brings its own refresh. */
  async #update({ client }: Workspace, { id, hash }: View, built: ModalView): Promise<void> {
    try {
      await client.views.update({ view_id: id, view: built, ...(hash === undefined ? {} : { hash }) });
    } catch (error) {
      this.#with.log.warn(faultFields(error), "A form could not be refreshed");
    }
  }

  async #submit(workspace: Workspace, user: string, sent: View, ack: SubmitAck): Promise<void> {
    const given = this.#form(workspace, user, sent, submissionId(sent.id));
    if (given === null) return ack(refusal(sent, slackTexts.staleForm));
    const { carried } = given;
    let reaction: FormReaction;
    try {
      reaction = await this.#with.desk.submitForm(given.inbound);
    } catch (error) {
      return ack(refusal(sent, this.#sentenceOf(error)));
    }
    switch (reaction.kind) {
      case "faults": {
        const errors = blockErrors(reaction.faults, inputsOf(sent));
        const rest = Object.values(reaction.faults).join(" ");
        return ack(Object.keys(errors).length === 0 ? refusal(sent, rest) : { response_action: "errors", errors });
      }
      case "form":
        return ack({ response_action: "update", view: renderForm(reaction.form, carried) });
      case "nothing":
      case "tell":
      case "list":
        await ack({ response_action: "clear" });
        if (carried.home !== undefined)
          this.#with.after(this.#with.homes.publish(workspace, user, given.inbound.id, { view: carried.home }));
        return this.#show(reaction, { ...carried, workspace, user, triggerId: null, inModal: false, respond: null });
    }
  }

  #form(workspace: Workspace, user: string, open: View, id: string): { inbound: FormInbound; carried: Carried } | null {
    const form = formOfCallback(open.callback_id);
    try {
      const carried = readCarried(open.private_metadata);
      const values = formValues(viewState.parse(open.state.values));
      if (form === undefined) return null;
      return { inbound: { id, person: person(workspace, user), form, context: carried.context, values }, carried };
    } catch (error) {
      this.#with.log.warn({ workspace: workspace.id, ...faultFields(error) }, "A window that this version does not know");
      return null;
    }
  }

  /** What was done is written: its person is told, even where the socket went before Slack could be. */
  async #acknowledge(ack: Ack): Promise<void> {
    try {
      await ack();
    } catch (error) {
      this.#with.log.warn(faultFields(error), "An interaction could not be acknowledged");
    }
  }

  /** Slack does not send an interaction again: a fault is told to its person, who can. */
  async #safely(act: () => Promise<Reaction>): Promise<Reaction> {
    try {
      return await act();
    } catch (error) {
      return { kind: "tell", message: sentence(this.#sentenceOf(error, slackTexts.actFault)) };
    }
  }

  #sentenceOf(error: unknown, otherwise: string = slackTexts.submissionFault): string {
    if (error instanceof UserError) return error.sentence;
    this.#with.log.error(faultFields(error), "What a person did could not be written");
    return otherwise;
  }

  #show(reaction: Reaction, stage: Stage): void {
    this.#with.after(this.#with.showing.show(stage, reaction));
  }
}

type SubmitAnswer =
  | { response_action: "errors"; errors: Record<string, string> }
  | { response_action: "update" | "push"; view: ModalView }
  | { response_action: "clear" };
type SubmitAck = (answer?: SubmitAnswer) => Promise<void>;

/** Beside the first field, where all that was typed stays; in a window above where the form has no field. */
function refusal(sent: View, text: string): SubmitAnswer {
  const first = inputsOf(sent)[0];
  if (first !== undefined) return { response_action: "errors", errors: { [first]: text } };
  return { response_action: "push", view: renderNotice(slackTexts.submissionFaultTitle, sentence(text)) };
}
