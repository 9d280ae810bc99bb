/**
 * Where a webhook may go: not into the private networks that this machine sees and its configuration does not name. What the name
 * leads to is looked at in the very look-up by which the connection is made: a name that changes in between deceives nobody.
 */
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export class PrivateAddress extends Error {
  readonly code = "private_address";
}

/** Whether it is an address of the public Internet: not loopback, private, link-local, reserved, or one of these in disguise. */
export const isPublic = (address: string): boolean => ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";

const isLoopback = (address: string): boolean => ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");

/** This machine, named as such in the configuration: the administrator's own choice. */
const namesLoopback = (hostname: string): boolean => hostname === "localhost" || isLoopback(hostname);

/**
 * The look-up to give to the connection.
 * @throws PrivateAddress at once, when the address is written in the URL: such a one is never looked up
 */
export function guardedLookup(url: URL, allowPrivate: boolean): LookupFunction {
  const hostname = bare(url.hostname);
  const own = namesLoopback(hostname);
  const admitted = (address: string): boolean => allowPrivate || (own ? isLoopback(address) : isPublic(address));
  if (isIP(hostname) !== 0 && !admitted(hostname)) throw new PrivateAddress("a private address");
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error || !first) return callback(error ?? new Error("no address"), "", 0);
      if (!found.every(({ address }) => admitted(address))) return callback(new PrivateAddress("a private address"), "", 0);
      return options.all ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}
