import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { plainText } from "../../../src/domain/richtext.ts";
import { card, nothing, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";
import { inThread } from "./homeserver.ts";

const NO_USERS = new Map();

describe("what people write on Matrix", () => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench();
    root = await bench.platform.port.postCard(bench.place, card(), "m:0", NO_USERS);
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    bench.desk.calls.length = 0;
    bench.desk.reaction = nothing;
  });

  test("a message in the thread reaches the desk, with its id, its place and its author", async () => {
    const { camille, room, desk, place, workspace } = bench;
    const id = await camille.say(room, "Bonjour, avez-vous reçu l’attestation ?", root);
    await bench.heard("message");
    expect(desk.of("message")).toEqual([
      {
        id,
        message: id,
        person: { platform: "matrix", workspace, user: camille.user },
        saidAt: expect.any(Date),
        place,
        root,
        direct: false,
        text: [{ type: "paragraph", inlines: [{ type: "text", text: "Bonjour, avez-vous reçu l’attestation ?" }] }],
        files: [],
      },
    ]);
  });

  test("what is said outside threads, by notices and by the bot itself is no message", async () => {
    const { camille, room, desk, platform, place } = bench;
    await camille.say(room, "Qui déjeune ?");
    await camille.send(room, { msgtype: "m.notice", body: "Je suis un autre robot", ...inThread(root) });
    await platform.port.post(place, root, { ...card0("Mon écho") }, "m:echo", NO_USERS);
    const last = await camille.say(room, "Repère", root);
    await until(() => desk.of("message").some(({ id }) => id === last), "the last message");
    expect(desk.of("message").map(({ id }) => id)).toEqual([last]);
  });

  test("formatting, links and mentions are read; quotes of what is answered are not", async () => {
    const { camille, dominique, room, desk } = bench;
    const html = `<mx-reply><blockquote>Avant</blockquote></mx-reply><p>Du <strong>gras</strong> et <a href="https://exemple.fr">un lien</a>, <a href="https://matrix.to/#/${dominique.user}">Dominique</a></p><ul><li>un<ul><li>deux</li></ul></li></ul><pre><code>a &lt; b\n</code></pre>`;
    await camille.send(room, {
      msgtype: "m.text",
      body: "x",
      format: "org.matrix.custom.html",
      formatted_body: html,
      ...inThread(root),
    });
    await bench.heard("message");
    expect(desk.of("message")[0]?.text).toEqual([
      {
        type: "paragraph",
        inlines: [
          { type: "text", text: "Du " },
          { type: "text", text: "gras", style: { bold: true } },
          { type: "text", text: " et " },
          { type: "link", url: "https://exemple.fr", text: "un lien" },
          { type: "text", text: ", " },
          { type: "mention", name: "dominique", agentId: dominique.user },
        ],
      },
      {
        type: "list",
        ordered: false,
        items: [
          { indent: 0, inlines: [{ type: "text", text: "un" }] },
          { indent: 1, inlines: [{ type: "text", text: "deux" }] },
        ],
      },
      { type: "code", text: "a < b" },
    ]);
  });

  test("a reply without a thread, to the card or to a message of the thread, is in the thread", async () => {
    const { camille, dominique, room, desk } = bench;
    const reply = (event: string) => ({
      msgtype: "m.text",
      body: "> <@x:y> ancien\n\nMa réponse",
      "m.relates_to": { "m.in_reply_to": { event_id: event } },
    });
    await camille.send(room, reply(root));
    await bench.heard("message", 1);
    const first = desk.of("message")[0];
    await dominique.send(room, reply(first?.id ?? ""));
    await bench.heard("message", 2);
    expect(desk.of("message").map(({ root: at, text }) => [at, plainText(text)])).toEqual([
      [root, "Ma réponse"],
      [root, "Ma réponse"],
    ]);
  });

  test("an edit and a removal by the author reach the desk; those of anybody else do not", async () => {
    const { camille, dominique, room, desk } = bench;
    const id = await camille.say(room, "Avant", root);
    await bench.heard("message");
    await dominique.edit(room, id, "Faux");
    await dominique
      .call("PUT", `rooms/${encodeURIComponent(room)}/redact/${encodeURIComponent(id)}/${id.slice(1, 9)}`, {})
      .catch(() => undefined);
    const edit = await camille.edit(room, id, "Après");
    await bench.heard("edited");
    expect(desk.of("edited")).toMatchObject([{ id: edit, message: id, root, person: { user: camille.user } }]);
    expect(plainText(desk.of("edited")[0]?.text ?? [])).toBe("Après");
    const redaction = await camille.redact(room, id);
    await bench.heard("deleted");
    expect(desk.of("deleted")).toMatchObject([{ id: redaction, message: id, root, person: { user: camille.user } }]);
  });

  test("a file comes as a reference, and its bytes can be had", async () => {
    const { camille, room, desk, platform, workspace } = bench;
    const bytes = randomBytes(200_000);
    const url = await camille.upload(bytes, "attestation.pdf", "application/pdf");
    const info = { mimetype: "application/pdf", size: bytes.length };
    await camille.send(room, { msgtype: "m.file", body: "attestation.pdf", url, info, ...inThread(root) });
    await camille.send(room, { msgtype: "m.file", body: "La voici", filename: "attestation.pdf", url, info, ...inThread(root) });
    await bench.heard("message", 2);
    const [bare, captioned] = desk.of("message");
    const file = {
      name: "attestation.pdf",
      mimetype: "application/pdf",
      size: bytes.length,
      platform: "matrix",
      workspace,
      file: url,
    };
    expect(bare).toMatchObject({ text: [], files: [file] });
    expect(captioned).toMatchObject({ files: [file] });
    expect(plainText(captioned?.text ?? [])).toBe("La voici");
    const opened = await buffer(await platform.port.openFile({ ...file, platform: "matrix" }));
    expect(opened.equals(bytes)).toBe(true);
  });

  test("commands are heard in any room, words in threads; an unknown one is answered", async () => {
    const { camille, room, desk, place } = bench;
    await camille.say(room, "!demande Droits suspendus");
    await bench.heard("command", 1);
    await camille.say(room, "!aide", root);
    await bench.heard("command", 2);
    await camille.say(room, "!Prendre", root);
    await bench.heard("word");
    expect(desk.of("command")).toMatchObject([
      { command: "demande", text: "Droits suspendus", place },
      { command: "aplus", text: "aide" },
    ]);
    expect(desk.of("word")).toMatchObject([{ word: "Prendre", root, place }]);
    await camille.say(room, "!inconnue");
    const direct = await bench.direct(camille);
    await until(
      async () => (await camille.messages(direct)).some(({ content }) => content.body.includes("!aplus aide")),
      "the way to the help",
    );
  });

  test("an answer goes to the direct conversation of an agent, and stays in the thread for a stranger", async () => {
    const { camille, stranger, room, desk } = bench;
    desk.reaction = tell("Vous seul le lisez.");
    await camille.say(room, "Un essai", root);
    const direct = await bench.direct(camille);
    await until(
      async () => (await camille.messages(direct)).some(({ content }) => content.body.startsWith("Vous seul le lisez.")),
      "the answer in person",
    );
    await camille.invite(room, stranger.user);
    await stranger.join(room);
    const said = await stranger.say(room, "Et moi ?", root);
    await until(
      async () =>
        (await camille.messages(room)).some(
          ({ content }) => content.body === "Vous seul le lisez." && content["m.relates_to"]["m.in_reply_to"].event_id === said,
        ),
      "the answer in the thread",
    );
    expect(await stranger.invitations()).toEqual([]);
  });
});

const card0 = (text: string) => ({
  speaker: null,
  body: [{ type: "paragraph" as const, inlines: [{ type: "text" as const, text }] }],
  private: false,
  pings: [],
  quiet: true,
  buttons: [],
  edited: false,
});
