/** Everything that the demonstration answers over HTTP: the page, its live stream, the files of messages, the control calls. */
import { stopped } from "../src/http/api/answer.ts";
import type { Api } from "../src/http/api/api.ts";
import type { Route } from "../src/http/server.ts";
import { answerJson } from "../src/http/server.ts";
import { demonstrationApiRoute } from "./api.ts";
import { controlRoute } from "./control.ts";
import type { Demonstration } from "./demonstration.ts";
import { isFromHere } from "./loopback.ts";
import { pageRoute } from "./web/assets.ts";
import { fileOf, fileQuery } from "./web/calls.ts";
import { LiveStream, watchConversations } from "./web/conversations.ts";

/** The bytes of a file, to be saved: whatever it says that it is, no browser shows it in the page's own name. */
function fileRoute(demonstration: Demonstration): Route {
  return (request, response, path) => {
    if (path !== "/sandbox/file" || request.method !== "GET") return false;
    const query = fileQuery.safeParse(Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams));
    const found = query.success && isFromHere(request) && demonstration.isOpen && fileOf(demonstration.world, query.data);
    if (!found) {
      answerJson(response, 404, { ok: false, error: "Ce fichier n’est pas là." });
      return true;
    }
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=utf-8''${encodeURIComponent(found.name)}`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    });
    response.end(found.bytes);
    return true;
  };
}

function streamRoute(stream: LiveStream): Route {
  return (request, response, path) => {
    if (path !== "/sandbox/events" || request.method !== "GET") return false;
    if (isFromHere(request)) stream.open(response);
    else answerJson(response, 403, { ok: false, error: "Le bac à sable ne répond qu’à cette machine." });
    return true;
  };
}

export function demonstrationRoutes(demonstration: Demonstration): Route[] {
  const stream = new LiveStream();
  let watched: object | null = null;
  const look = () => {
    stream.tell({ kind: "bot" });
    if (!demonstration.isOpen || demonstration.world === watched) return;
    watched = demonstration.world;
    const { sandbox } = demonstration.world;
    watchConversations(sandbox, (told) => stream.tell(told));
    sandbox.clock.follow(async () => stream.tell({ kind: "clock", now: sandbox.clock.now().toISOString() }));
    stream.tell({ kind: "world" });
  };
  demonstration.watch(look);
  look();
  const api: Api = {
    answer: (request) => (demonstration.isOpen ? demonstration.world.bot.answer(request) : Promise.resolve(stopped())),
  };
  const playing = () => (demonstration.isOpen ? demonstration.world : null);
  return [
    pageRoute(),
    demonstrationApiRoute(api),
    streamRoute(stream),
    fileRoute(demonstration),
    controlRoute(playing, { restart: () => demonstration.restart() }),
  ];
}
