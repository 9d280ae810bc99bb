/** What a thread showed in a place that it leaves: nothing follows it there any more, and a wipe must find it all the same. */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { demandeKey } from "../../models/showings.ts";
import type { Place } from "../domain/place.ts";

/** To be called before its threads there begin anew. Done again, it writes the same. */
export async function leaveBehind({ showings }: Database, { id, threads }: LoadedDemande, place: Place): Promise<void> {
  const { platform, workspace, channel } = place;
  const here = threads.filter((one) => one.platform === platform && one.workspace === workspace && one.channel === channel);
  const messages = here.flatMap(({ root, posts }) => [...posts.map(({ message }) => message), ...(root === null ? [] : [root])]);
  for (const message of new Set(messages))
    await showings.announce({
      id: `left/${platform}/${channel}/${message}`,
      kind: "post",
      keys: [demandeKey(id)],
      place,
      message,
      delivery: null,
      at: new Date(),
    });
}
