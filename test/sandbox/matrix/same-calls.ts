import type { Player, Transcript } from "./transcript.ts";
import { inRoom, inThread, sectionOf } from "./world.ts";

// The calls that are played on a real homeserver and on the sandbox. Each script notes what it wants compared.

const e = encodeURIComponent;
const PRIVATE = { preset: "private_chat" };

async function room(player: Player, body: Record<string, unknown>): Promise<string> {
  const answer = await player.api.post("/createRoom", body);
  return answer.body.room_id;
}

async function accounts(on: Transcript): Promise<void> {
  const ann = await on.user("ann");
  const bob = await on.user("bob");
  const { nobody } = on;
  await on.note("register without auth", nobody.post("/register", { username: "x", password: "p" }));
  await on.note("register a taken name", nobody.post("/register", { username: ann.name, auth: { type: "m.login.dummy" } }));
  await on.note("register a bad name", nobody.post("/register", { username: "É té", auth: { type: "m.login.dummy" } }));
  await on.note("whoami", ann.api.get("/account/whoami"));
  await on.note("whoami by its old name", ann.api.get("/_matrix/client/r0/account/whoami"));
  await on.note("whoami without a token", nobody.get("/account/whoami"));
  await on.note("whoami with a wrong token", on.as("wrong").get("/account/whoami"));
  await on.note("an endpoint that there is not", ann.api.get("/nothing/here"));
  await on.note("a method that there is not", ann.api.call("DELETE", "/account/whoami"));
  await on.note("v3 only", ann.api.get("/_matrix/client/v1/account/whoami"));
  const identifier = { type: "m.id.user", user: ann.id };
  await on.note("wrong password", nobody.post("/login", { type: "m.login.password", identifier, password: "faux" }));
  await on.note("unknown login", nobody.post("/login", { type: "m.login.autre" }));
  const login = () =>
    nobody.post("/login", { type: "m.login.password", identifier, password: "un mot de passe", device_id: "D1" });
  const [first, second] = [(await login()).body, (await login()).body];
  await on.note("a device's token outlives another login of it", on.as(first.access_token).get("/account/whoami"));
  await on.note("logout", on.as(second.access_token).post("/logout"));
  await on.note("after logout", on.as(second.access_token).get("/account/whoami"));
  await on.note("profile", nobody.get(`/profile/${e(ann.id)}`));
  await on.note("profile of nobody", nobody.get(`/profile/${e("@personne:localhost")}`));
  await on.note("another's profile", ann.api.put(`/profile/${e(bob.id)}/displayname`, { displayname: "X" }));
  await on.note("own profile", ann.api.put(`/profile/${e(ann.id)}/displayname`, { displayname: "Ann Exemple" }));
  await on.note("display name", ann.api.get(`/profile/${e(ann.id)}/displayname`));
  await on.note("avatar", ann.api.get(`/profile/${e(ann.id)}/avatar_url`));
  await on.note("filter", ann.api.post(`/user/${e(ann.id)}/filter`, { room: { timeline: { limit: 3 } } }));
  await on.note("filter back", ann.api.get(`/user/${e(ann.id)}/filter/0`));
  await on.note("filter that there is not", ann.api.get(`/user/${e(ann.id)}/filter/99`));
  await on.note("another's filter", ann.api.post(`/user/${e(bob.id)}/filter`, {}));
  await on.note("m.direct", ann.api.put(`/user/${e(ann.id)}/account_data/m.direct`, { [bob.id]: ["!a:b"] }));
  await on.note("m.direct back", ann.api.get(`/user/${e(ann.id)}/account_data/m.direct`));
  await on.note("account data that there is not", ann.api.get(`/user/${e(ann.id)}/account_data/rien`));
  await on.note("another's account data", ann.api.get(`/user/${e(bob.id)}/account_data/rien`));
  await on.note("push rules as account data", ann.api.put(`/user/${e(ann.id)}/account_data/m.push_rules`, {}));
  await on.note("keys claim", ann.api.post("/keys/claim", { one_time_keys: {} }));
  await on.note("keys query", ann.api.post("/keys/query", { device_keys: { [bob.id]: [] } }));
  await on.note("backup", ann.api.get("/room_keys/version"));
  await on.note("turn", ann.api.get("/voip/turnServer"));
}

async function rooms(on: Transcript): Promise<void> {
  const maker = await on.user("anne");
  const bob = await on.user("bobby");
  for (const preset of ["private_chat", "public_chat", "trusted_private_chat"])
    for (const version of ["10", "11", "12"]) {
      const id = await room(maker, {
        preset,
        room_version: version,
        name: "Nom",
        topic: "Sujet",
        invite: [bob.id],
        is_direct: true,
      });
      await on.note(`state of a ${preset}, version ${version}`, maker.api.get(inRoom(id, "/state")));
      const { body } = await maker.api.get(inRoom(id, "/messages"), { dir: "f", limit: "50" });
      on.noteValue(
        `order of a ${preset}, version ${version}`,
        body.chunk.map(({ type }) => type),
      );
    }
  await on.note("version that there is not", bob.api.post("/createRoom", { room_version: "99" }));
  const alias = `#${on.own("salon")}:localhost`;
  // Another account: Synapse limits how many rooms one opens, in the tests' configuration too.
  const ann = await on.user("anna-r");
  const id = await room(ann, { preset: "private_chat", room_alias_name: on.own("salon"), name: "Nom", invite: [bob.id] });
  await bob.api.post(inRoom(id, "/join"));
  await on.note("alias", ann.api.get(`/directory/room/${e(alias)}`));
  await on.note("alias taken", ann.api.put(`/directory/room/${e(alias)}`, { room_id: id }));
  await on.note("alias taken at creation", ann.api.post("/createRoom", { room_alias_name: on.own("salon") }));
  await on.note("alias elsewhere", ann.api.put(`/directory/room/${e("#x:ailleurs")}`, { room_id: id }));
  await on.note("alias of somebody else", bob.api.call("DELETE", `/directory/room/${e(alias)}`));
  await on.note("alias that there is not", ann.api.call("DELETE", `/directory/room/${e("#rien:localhost")}`));
  await on.note("aliases", ann.api.get(inRoom(id, "/aliases")));
  await on.note("upgrade without the level", bob.api.post(inRoom(id, "/upgrade"), { new_version: "11" }));
  await on.note("upgrade to nothing", ann.api.post(inRoom(id, "/upgrade"), { new_version: "99" }));
  await on.note("upgrade without a version", ann.api.post(inRoom(id, "/upgrade")));
  for (const version of ["11", "12"]) {
    const old = await room(ann, {
      preset: "private_chat",
      room_alias_name: on.own(`vers${version}`),
      name: "Vieux",
      invite: [bob.id],
    });
    await bob.api.post(inRoom(old, "/join"));
    const { body: upgraded } = await ann.api.post(inRoom(old, "/upgrade"), { new_version: version });
    await on.note(`old room, replaced by ${version}`, ann.api.get(inRoom(old, "/messages"), { dir: "b", limit: "4" }));
    await on.note(`new room of ${version}`, ann.api.get(inRoom(upgraded.replacement_room, "/state")));
    await on.note(`alias after ${version}`, ann.api.get(`/directory/room/${e(`#${on.own(`vers${version}`)}:localhost`)}`));
    await on.note(`writing in the room replaced by ${version}`, bob.api.send(old, { msgtype: "m.text", body: "x" }));
    await on.note(`entering the new room of ${version}`, bob.api.post(inRoom(upgraded.replacement_room, "/join")));
  }
}

async function membership(on: Transcript): Promise<void> {
  const [ann, bob, cid] = [await on.user("anna"), await on.user("bob-m"), await on.user("cid-m")];
  const id = await room(ann, { ...PRIVATE, invite: [bob.id] });
  const act = (player: Player, act: string, body: unknown = {}) => player.api.post(inRoom(id, `/${act}`), body);
  await on.note("stranger joins", act(cid, "join"));
  await on.note("stranger reads", cid.api.get(inRoom(id, "/messages"), { dir: "b" }));
  await on.note("stranger reads state", cid.api.get(inRoom(id, "/state")));
  await on.note("stranger leaves", act(cid, "leave"));
  await on.note("invited reads", bob.api.get(inRoom(id, "/messages"), { dir: "b" }));
  await on.note("invited writes", bob.api.send(id, { msgtype: "m.text", body: "x" }));
  await on.note("unknown alias", bob.api.post(`/join/${e("#rien:localhost")}`));
  await on.note("neither id nor alias", bob.api.post("/join/rien"));
  await on.note("unknown room", bob.api.post(`/join/${e("!rien:localhost")}`));
  await on.note(
    "leaves an unknown room",
    act({ ...bob }, "leave").then(() => bob.api.post(inRoom("!rien:localhost", "/leave"))),
  );
  await on.note("declined, joins", act(bob, "join"));
  await on.note("invites", act(ann, "invite", { user_id: bob.id }));
  await on.note("joins", act(bob, "join"));
  await on.note("joins again", act(bob, "join"));
  await on.note("kicks above", act(bob, "kick", { user_id: ann.id }));
  await on.note("bans above", act(bob, "ban", { user_id: ann.id }));
  await on.note(
    "invites twice",
    act(bob, "invite", { user_id: cid.id }).then(() => act(bob, "invite", { user_id: cid.id })),
  );
  await on.note("invites nobody", act(bob, "invite"));
  await on.note("invites a bad id", act(bob, "invite", { user_id: "cid" }));
  await on.note("invites who is there", act(bob, "invite", { user_id: ann.id }));
  await on.note(
    "leaves twice",
    act(cid, "leave").then(() => act(cid, "leave")),
  );
  await on.note("kicks who is not there", act(ann, "kick", { user_id: cid.id }));
  await on.note("forgets where one is", act(ann, "forget"));
  await on.note("kicks", act(ann, "kick", { user_id: bob.id, reason: "dehors" }));
  await ann.api.say(id, "après");
  await on.note("kicked reads", bob.api.get(inRoom(id, "/messages"), { dir: "b", limit: "1" }));
  await on.note("kicked reads state", bob.api.get(inRoom(id, "/state/m.room.join_rules")));
  await on.note("kicked writes", bob.api.send(id, { msgtype: "m.text", body: "x" }));
  await on.note("kicked counts members", bob.api.get(inRoom(id, "/joined_members")));
  await on.note("kicked lists members", bob.api.get(inRoom(id, "/members"), { membership: "join" }));
  await on.note("forgets", act(bob, "forget"));
  await on.note("reads what was forgotten", bob.api.get(inRoom(id, "/messages"), { dir: "b" }));
  await on.note("bans", act(ann, "ban", { user_id: bob.id, reason: "loin" }));
  await on.note("banned joins", act(bob, "join"));
  await on.note("invites who is banned", act(ann, "invite", { user_id: bob.id }));
  await on.note("unbans", act(ann, "unban", { user_id: bob.id }));
  await on.note("unbans again", act(ann, "unban", { user_id: bob.id }));
  await on.note("members", ann.api.get(inRoom(id, "/members")));
  await on.note("joined members", ann.api.get(inRoom(id, "/joined_members")));
  await on.note("joined rooms", ann.api.get("/joined_rooms"));
}

async function levels(on: Transcript): Promise<void> {
  const [ann, bob] = [await on.user("ann-l"), await on.user("bob-l")];
  const id = await room(ann, { preset: "public_chat", power_level_content_override: { events: { "m.reaction": 50 } } });
  await bob.api.post(`/join/${e(id)}`);
  const set = (player: Player, type: string, content: unknown, key = "") =>
    player.api.put(inRoom(id, `/state/${type}/${e(key)}`), content);
  await on.note("levels overridden", ann.api.get(inRoom(id, "/state/m.room.power_levels")));
  const event = await ann.api.say(id, "ici");
  await on.note("reaction above one's level", bob.api.react(id, event, "👍"));
  await on.note("name above one's level", set(bob, "m.room.name", { name: "x" }));
  await on.note("levels above one's level", set(bob, "m.room.power_levels", { users: { [bob.id]: 100 } }));
  await on.note("level above one's own", set(ann, "m.room.power_levels", { users: { [ann.id]: 100, [bob.id]: 101 } }));
  await on.note("level that is text", set(ann, "m.room.power_levels", { users: { [ann.id]: "100" } }));
  await on.note("level of no user", set(ann, "m.room.power_levels", { users: { x: 1 } }));
  await on.note("state of another", set(ann, "x.y", {}, bob.id));
  await on.note("state of oneself", set(ann, "x.y", {}, ann.id));
  await on.note("membership of another", set(bob, "m.room.member", { membership: "leave" }, ann.id));
  await on.note("membership that there is not", set(bob, "m.room.member", { membership: "x" }, bob.id));
  await on.note("name in the room", set(bob, "m.room.member", { membership: "join", displayname: "Ici" }, bob.id));
  await on.note("alias that does not lead here", set(ann, "m.room.canonical_alias", { alias: "#rien:localhost" }));
  await on.note("tombstone without a room", set(ann, "m.room.tombstone", { body: "x" }));
  const twice = [await set(ann, "m.room.topic", { topic: "1" }), await set(ann, "m.room.topic", { topic: "1" })];
  on.noteValue("same state twice", twice[0]?.body.event_id === twice[1]?.body.event_id);
  await on.note("redacts another's", bob.api.redact(id, event));
  await on.note("moderator redacts", ann.api.redact(id, await bob.api.say(id, "gros mot"), on.txn(), "modération"));
  await on.note("redacts nothing", ann.api.redact(id, "$rien"));
  await on.note("redacts the topic", ann.api.redact(id, twice[0]?.body.event_id ?? "", on.txn()));
  await on.note("topic then", ann.api.get(inRoom(id, "/state/m.room.topic")));
  const create = await ann.api.get(inRoom(id, "/state/m.room.create"), { format: "event" });
  await on.note("redacts the creation", ann.api.redact(id, create.body.event_id));
  await on.note("creation as event", create);
  await on.note("reads from outside", (await on.user("cid-l")).api.get(inRoom(id, "/messages"), { dir: "b" }));
}

async function sending(on: Transcript): Promise<void> {
  const [ann, bob] = [await on.user("ann-s"), await on.user("bob-s")];
  const id = await room(ann, { ...PRIVATE, invite: [bob.id] });
  await bob.api.post(`/join/${e(id)}`);
  const path = (txn: string, type = "m.room.message") => inRoom(id, `/send/${type}/${txn}`);
  const raw = (body: string) => bob.api.call("PUT", path(on.txn()), body);
  const text = (more: string) => `{"msgtype":"m.text","body":"x"${more}}`;
  const txn = on.txn();
  const first = await bob.api.put(path(txn), { msgtype: "m.text", body: "un" });
  await on.note("first", first);
  await on.note("same transaction", bob.api.put(path(txn), { msgtype: "m.text", body: "deux" }));
  await on.note("same transaction, other type", bob.api.put(path(txn, "m.autre"), { a: 1 }));
  await on.note("same transaction, redaction", bob.api.redact(id, first.body.event_id, txn));
  await on.note("still there", ann.api.get(inRoom(id, `/event/${e(first.body.event_id)}`)));
  await on.note("float", raw(text(',"n":1.5')));
  await on.note("float that is whole", raw(text(',"n":1.0')));
  await on.note("float in a list", raw(text(',"n":[{"m":[2e3]}]')));
  await on.note("number in a text", raw(text(',"n":"1.5 et \\"2.5\\""')));
  await on.note("integer too big", raw(text(',"n":9007199254740992')));
  await on.note("biggest integer", raw(text(',"n":-9007199254740991')));
  await on.note("not a number", raw(text(',"n":NaN')));
  await on.note("not JSON", raw("{"));
  await on.note("empty", raw(""));
  await on.note("list", raw("[1]"));
  await on.note("no msgtype", raw('{"body":"x"}'));
  await on.note("no body", raw('{"msgtype":"m.text"}'));
  await on.note("body that is no text", raw('{"msgtype":"m.text","body":3}'));
  await on.note("type too long", bob.api.put(path(on.txn(), "m".repeat(300)), {}));
  await on.note("topic as a message", bob.api.put(path(on.txn(), "m.room.topic"), { topic: "x" }));
  await on.note("unknown room", bob.api.send("!rien:localhost", { msgtype: "m.text", body: "x" }));
  await on.note("unknown event", bob.api.get(inRoom(id, "/event/$rien")));
  await on.note("state that there is not", bob.api.get(inRoom(id, "/state/m.room.topic")));
  const longest = async (send: (length: number) => Promise<{ status: number }>) => {
    let [short, long] = [64_000, 65_536];
    while (long - short > 1) {
      const middle = (short + long) >> 1;
      if ((await send(middle)).status === 200) short = middle;
      else long = middle;
    }
    return short;
  };
  const longestSent = {
    message: await longest((length) => bob.api.put(path(on.txn()), { msgtype: "m.text", body: "é".repeat(length >> 1) })),
    state: await longest((length) => ann.api.put(inRoom(id, "/state/x.y/"), { body: "x".repeat(length) })),
  };
  on.noteValue("longest", longestSent);
  await on.note("too long", raw(text(`,"long":"${"x".repeat(65_536)}"`)));
}

async function relations(on: Transcript): Promise<void> {
  const [ann, bob] = [await on.user("ann-r"), await on.user("bob-r")];
  const id = await room(ann, { ...PRIVATE, invite: [bob.id] });
  const elsewhere = await room(ann, PRIVATE);
  await bob.api.post(`/join/${e(id)}`);
  const v1 = (rest: string) => `/_matrix/client/v1${inRoom(id, rest)}`;
  const send = (player: Player, content: Record<string, unknown>, type?: string) =>
    player.api.send(id, { msgtype: "m.text", body: "x", ...content }, type, on.txn());
  const edit = (player: Player, target: string, body: string) =>
    send(player, {
      body: `* ${body}`,
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
  const root = (await send(ann, { body: "racine" })).body.event_id;
  const key = "✋ Je m’en occupe";
  const reaction = await bob.api.react(id, root, key);
  await on.note("reaction twice", bob.api.react(id, root, key));
  await on.note("another's reaction", ann.api.react(id, root, key));
  await on.note("reaction without a key", bob.api.react(id, root, undefined));
  await on.note("reaction by a number", bob.api.react(id, root, 4));
  await on.note("reaction too long", bob.api.react(id, root, "k".repeat(600)));
  await on.note("reaction to nothing", bob.api.react(id, "$rien", "x"));
  await bob.api.redact(id, reaction.body.event_id, on.txn());
  await on.note("reaction again, once taken away", bob.api.react(id, root, key));
  const reply = (await send(bob, { body: "réponse", ...inThread(root) })).body.event_id;
  await on.note("thread on a reply", send(bob, inThread(reply)));
  await on.note("thread on nothing", send(bob, inThread("$rien")));
  await on.note(
    "thread on another room's",
    send(ann, inThread((await ann.api.send(elsewhere, { msgtype: "m.text", body: "là" })).body.event_id)),
  );
  await on.note("edit of nothing", edit(bob, "$rien", "x"));
  await on.note("reply to nothing", send(bob, { "m.relates_to": { "m.in_reply_to": { event_id: "$rien" } } }));
  await edit(ann, root, "racine 2");
  await edit(bob, root, "par un autre");
  const second = (await edit(ann, root, "racine 3")).body.event_id;
  await on.note("edit of an edit", edit(ann, second, "racine 4"));
  await on.note("edit of another type", send(ann, { "m.relates_to": { rel_type: "m.replace", event_id: root } }, "m.autre"));
  await on.note("relation that is text", send(ann, { "m.relates_to": "x" }));
  await edit(bob, reply, "réponse 2");
  await send(ann, { body: "renvoi", "m.relates_to": { rel_type: "m.reference", event_id: root } });
  await on.note("root", ann.api.get(inRoom(id, `/event/${e(root)}`)));
  await on.note("edited reply", ann.api.get(inRoom(id, `/event/${e(reply)}`)));
  await on.note("all relations", ann.api.get(v1(`/relations/${e(root)}`), { limit: "50" }));
  await on.note("all relations, forwards", ann.api.get(v1(`/relations/${e(root)}`), { dir: "f", limit: "2" }));
  await on.note("followed", ann.api.get(v1(`/relations/${e(root)}`), { recurse: "true", limit: "50" }));
  await on.note("reactions", ann.api.get(v1(`/relations/${e(root)}/m.annotation/m.reaction`)));
  await on.note("replies", bob.api.get(v1(`/relations/${e(root)}/m.thread`)));
  await on.note("relations of nothing", bob.api.get(v1("/relations/$rien")));
  await on.note("threads", bob.api.get(v1("/threads")));
  await bob.api.redact(id, reply, on.txn(), "non");
  await on.note("redacted reply", ann.api.get(inRoom(id, `/event/${e(reply)}`)));
  await on.note("root without its thread", ann.api.get(inRoom(id, `/event/${e(root)}`)));
  await on.note(
    "by relation",
    ann.api.get(inRoom(id, "/messages"), { dir: "b", filter: '{"related_by_rel_types":["m.annotation"]}' }),
  );
}

async function syncing(on: Transcript): Promise<void> {
  const [ann, bob] = [await on.user("ann-y"), await on.user("bob-y")];
  let annAt = (await on.sync(ann)).next;
  let bobAt = (await on.sync(bob)).next;
  await on.note("nothing new", on.sync(ann, { since: annAt }));
  const id = await room(ann, { ...PRIVATE, name: "Nom", topic: "Sujet", invite: [bob.id] });
  const next = async (label: string, player: Player, since: string, query: Record<string, string> = {}) => {
    const answer = await on.sync(player, { since, ...query });
    await on.note(label, answer);
    return answer.next;
  };
  bobAt = await next("invited", bob, bobAt);
  await bob.api.post(`/join/${e(id)}`);
  bobAt = await next("joined", bob, bobAt);
  annAt = await next("somebody joined", ann, annAt);
  await bob.api.send(id, { msgtype: "m.text", body: "0" }, "m.room.message", on.txn());
  bobAt = await next("one's own message", bob, bobAt);
  for (let i = 1; i <= 8; i++) await bob.api.say(id, String(i));
  await ann.api.put(inRoom(id, "/state/m.room.topic/"), { topic: "Autre" });
  for (let i = 9; i <= 20; i++) await bob.api.say(id, String(i));
  const before = annAt;
  const limited = await on.sync(ann, { since: before });
  await on.note("limited", limited);
  annAt = limited.next;
  await on.note("limited to two", on.sync(ann, { since: before, filter: '{"room":{"timeline":{"limit":2}}}' }));
  const from = sectionOf(limited, id).timeline.prev_batch;
  const gap = await ann.api.get(inRoom(id, "/messages"), { dir: "b", from, to: before, limit: "7" });
  await on.note("gap", gap);
  await on.note(
    "rest of the gap",
    ann.api.get(inRoom(id, "/messages"), { dir: "b", from: gap.body.end ?? "", to: before, limit: "50" }),
  );
  const back = await ann.api.get(inRoom(id, "/messages"), { dir: "b", from, limit: "100" });
  await on.note("back to the start", back);
  await on.note("before the start", ann.api.get(inRoom(id, "/messages"), { dir: "b", from: back.body.end ?? "", limit: "5" }));
  await on.note("forwards", ann.api.get(inRoom(id, "/messages"), { dir: "f", from: before, limit: "3" }));
  await on.note("beyond the end", ann.api.get(inRoom(id, "/messages"), { dir: "f", from: annAt }));
  await on.note("only topics", ann.api.get(inRoom(id, "/messages"), { dir: "b", filter: '{"types":["m.room.topic"]}' }));
  await on.note("bad from", ann.api.get(inRoom(id, "/messages"), { dir: "b", from: "rien" }));
  await on.note("bad limit", ann.api.get(inRoom(id, "/messages"), { dir: "b", limit: "x" }));
  await on.note("bad since", on.sync(ann, { since: "rien" }));
  await on.note("bad filter", on.sync(ann, { filter: "rien" }));
  const last = sectionOf(limited, id).timeline.events.at(-1)?.event_id ?? "";
  bobAt = (await on.sync(bob, { since: bobAt })).next;
  await ann.api.react(id, last, "👍");
  await bob.api.redact(id, last, on.txn(), "erreur");
  bobAt = await next("reaction and redaction", bob, bobAt);
  annAt = await next("redaction by another", ann, annAt);
  await on.note("around", ann.api.get(inRoom(id, `/context/${e(last)}`), { limit: "4" }));
  await on.note("receipt", bob.api.post(inRoom(id, `/receipt/m.read/${e(last)}`)));
  await on.note("receipt of no kind", bob.api.post(inRoom(id, `/receipt/m.rien/${e(last)}`)));
  await on.note("typing", bob.api.put(inRoom(id, `/typing/${e(bob.id)}`), { typing: true, timeout: 10_000 }));
  await on.note("another typing", bob.api.put(inRoom(id, `/typing/${e(ann.id)}`), { typing: true }));
  await on.note("markers", ann.api.post(inRoom(id, "/read_markers"), { "m.fully_read": last }));
  await on.note("room data", ann.api.put(`/user/${e(ann.id)}${inRoom(id)}/account_data/x.y`, { k: 1 }));
  annAt = await next("read and typing", ann, annAt);
  await bob.api.put(inRoom(id, `/typing/${e(bob.id)}`), { typing: false });
  annAt = await next("typing no more", ann, annAt);
  await ann.api.post(inRoom(id, "/kick"), { user_id: bob.id, reason: "dehors" });
  await ann.api.say(id, "après");
  bobAt = (await on.sync(bob, { since: bobAt })).next;
  await on.note("kicked, later", on.sync(bob, { since: bobAt }));
  await ann.api.post(inRoom(id, "/invite"), { user_id: bob.id, reason: "reviens" });
  bobAt = await next("invited again", bob, bobAt);
  await bob.api.post(inRoom(id, "/leave"), { reason: "non" });
  bobAt = await next("declined", bob, bobAt);
  await on.note("all, one each", on.sync(ann, { filter: '{"room":{"timeline":{"limit":1},"ephemeral":{"types":[]}}}' }));
}

async function files(on: Transcript): Promise<void> {
  const ann = await on.user("ann-f");
  const upload = await ann.api.call("POST", "/_matrix/media/v3/upload?filename=note.txt", "été", {
    "content-type": "text/plain",
  });
  await on.note("upload", upload);
  await on.note("upload by nobody", on.nobody.call("POST", "/_matrix/media/v3/upload", "été"));
  const path = upload.body.content_uri.slice("mxc://".length);
  await on.note("download", ann.api.get(`/_matrix/client/v1/media/download/${path}`));
  await on.note("download under a name", ann.api.get(`/_matrix/client/v1/media/download/${path}/autre.txt`));
  await on.note("download by nobody", on.nobody.get(`/_matrix/client/v1/media/download/${path}`));
  await on.note("download at the old address", ann.api.get(`/_matrix/media/v3/download/${path}`));
  await on.note("media config", ann.api.get("/_matrix/client/v1/media/config"));
}

/** Every script, by its name. */
export const scripts = { accounts, rooms, membership, levels, sending, relations, syncing, files };
