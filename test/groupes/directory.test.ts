import type { Agent } from "../../src/domain/agent.ts";
import { agentId } from "../../src/domain/ids.ts";
import type { Identity } from "../../src/domain/place.ts";
import { Directory } from "../../src/groupes/directory.ts";
import { openStore, type Store } from "../models/store.ts";

const SLACK: Identity = { platform: "slack", workspace: "T1", user: "U1" };
const MATRIX: Identity = { platform: "matrix", workspace: "exemple.test", user: "@ada:exemple.test" };
const OTHER: Identity = { ...MATRIX, user: "@ada:ailleurs.exemple.test" };

const agent = (name: string): Agent => ({
  id: agentId(name),
  name,
  email: `${name}@exemple.test`,
  admin: false,
  disabled: false,
  shared: false,
  memberships: [],
});
const nobody = { profile: async () => null, byEmail: async () => [] };

describe("the accounts of agents", () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore();
  });
  afterEach(() => store.close());

  const read = async (name: string) => {
    const found = await store.db.agents.byId(agentId(name));
    if (!found) throw new Error(`no ${name}`);
    return found;
  };

  test("an agent that was read is saved as it is; an account taken from it meanwhile does not come back", async () => {
    const { agents } = store.db;
    await agents.save(agent("ada"), [SLACK, MATRIX]);
    const before = await read("ada");
    await agents.unlink(before.id, [MATRIX, OTHER]);
    await agents.save({ ...before, name: "Ada Modèle" }, [OTHER]);
    expect(await read("ada")).toEqual({ ...before, name: "Ada Modèle", identities: [SLACK, OTHER] });
    expect(await agents.byIdentity(MATRIX)).toBeNull();
    await agents.save({ ...agent("lou"), identities: [MATRIX] });
    expect((await read("lou")).identities).toEqual([]);
  });

  test("are found by any of several accounts", async () => {
    const { agents } = store.db;
    await agents.save(agent("ada"), [SLACK, MATRIX]);
    await agents.save(agent("lou"), [OTHER]);
    const found = await agents.byIdentities([MATRIX, SLACK, OTHER, { ...OTHER, workspace: "T1" }]);
    expect(found.map(({ id }) => id).sort()).toEqual(["ada", "lou"]);
    expect(await agents.byIdentities([])).toEqual([]);
  });

  test("who is to be reached is reached where the bot is, first of all on the platform preferred", async () => {
    await store.db.agents.save(agent("ada"), [SLACK, MATRIX]);
    const ada = await read("ada");
    const directory = new Directory(store.db);
    expect(await directory.identityOf(ada)).toEqual(SLACK);
    expect(await directory.identityOf(ada, { platform: "matrix" })).toEqual(MATRIX);
    directory.addPlatform("matrix", nobody);
    expect(await directory.identityOf(ada)).toEqual(MATRIX);
    expect(await directory.identityOf(ada, { platform: "slack", workspace: "T1" })).toEqual(MATRIX);
    directory.addPlatform("slack", nobody);
    expect(await directory.identityOf(ada, { platform: "slack", workspace: "T1" })).toEqual(SLACK);
  });
});
