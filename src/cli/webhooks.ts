/** `aplus webhooks rejouer`: what an endpoint never took is sent again, once it works. */
import type { Config } from "../config.ts";
import { PermanentError } from "../errors.ts";
import { webhookCliTexts as texts } from "../texts/webhooks.ts";
import { tell } from "./output.ts";
import { openStore } from "./store.ts";

/**
 * @param name of one endpoint; all of them when there is none
 * @throws PermanentError for a name that is not configured
 */
export async function replayWebhooks(config: Config, name: string | undefined): Promise<void> {
  const names = config.webhooks.endpoints.map(({ id }) => id);
  const wanted = name === undefined ? names : names.filter((id) => id === name);
  if (wanted.length === 0) throw new PermanentError(texts.unknown(names.join(", ")));
  const store = await openStore(config);
  try {
    for (const endpoint of wanted) {
      const { letters, busy } = await store.db.webhooks.replay(endpoint, new Date());
      tell(texts.done(endpoint, letters));
      if (busy > 0) tell(texts.busy(endpoint, busy));
    }
  } finally {
    await store.close();
  }
}
