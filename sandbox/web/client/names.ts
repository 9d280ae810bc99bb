/** How accounts and channels are called on screen. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { World } from "./api.ts";

export interface Names {
  account(id: string): string;
  channel(id: string): string;
}

export const namesOf = (world: World): Names => {
  const accounts = new Map(world.agents.map(({ id, name }) => [id, name]));
  const channels = new Map(world.channels.map(({ id, name }) => [id, name]));
  return { account: (id) => accounts.get(id) ?? id, channel: (id) => channels.get(id) ?? id };
};

const NamesContext = createContext<Names>({ account: (id) => id, channel: (id) => id });
export const NamesProvider = NamesContext.Provider;
export const useNames = (): Names => useContext(NamesContext);
