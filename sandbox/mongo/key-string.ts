/**
 * Values as bytes whose order is the order of compare.ts: the keys of the indexes in LMDB, and the keys of sorts in memory.
 *
 * A value is a byte for its rank, then its payload; no encoding is the beginning of another one, so that the fields of a
 * compound key are simply put one after the other. A descending field has all its bits inverted.
 */
import type { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, Int32, ObjectId, Timestamp } from "bson";
import { Long } from "bson";
import { asDoc, bytesOf, codeOf, presentNames, Rank, rankOf, textOf } from "./compare.ts";
import { toNumber, type Value } from "./values.ts";

export class KeyWriter {
  private bytes = Buffer.allocUnsafe(256);
  private length = 0;

  /** Appends a value, ascending (1) or descending (-1). */
  append(value: Value, direction: 1 | -1): void {
    const start = this.length;
    this.value(value);
    if (direction === -1) for (let i = start; i < this.length; i++) this.bytes[i] = ~(this.bytes[i] as number);
  }

  /** The key so far, as bytes of its own. */
  finish(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  private value(value: Value): void {
    const rank = rankOf(value);
    this.byte(rank);
    this.payload(rank, value);
  }

  private payload(rank: number, value: Value): void {
    switch (rank) {
      case 30:
        this.number(value as number | Int32 | Double | Long | Decimal128);
        return;
      case 40:
        this.text(textOf(value as string | BSONSymbol));
        return;
      case 50:
        this.doc(value);
        return;
      case 60:
        for (const item of value as Value[]) this.value(item ?? null);
        this.byte(0);
        return;
      case 70:
        this.binary(value as Binary);
        return;
      case 80:
        this.raw((value as ObjectId).id);
        return;
      case 90:
        this.byte(value === true ? 1 : 0);
        return;
      case 100:
        this.double((value as Date).getTime());
        return;
      case 110:
        this.unsigned((value as Timestamp).toUnsigned());
        return;
      case 120:
        this.text((value as BSONRegExp).pattern);
        this.text((value as BSONRegExp).options);
        return;
      case 140:
        this.text(codeOf(value as Code));
        return;
      default:
        return;
    }
  }

  /** Eight bytes for the double at or below the value, two for what a long beyond 2^53 has more than that double. */
  private number(value: number | Int32 | Double | Long | Decimal128): void {
    const approximation = toNumber(value);
    if (!(value instanceof Long) || Math.abs(approximation) <= Number.MAX_SAFE_INTEGER) {
      this.double(approximation);
      this.uint16(0);
      return;
    }
    const exact = value.toBigInt();
    const floor = BigInt(approximation) <= exact ? approximation : previousDouble(approximation);
    this.double(floor);
    this.uint16(Number(exact - BigInt(floor)));
  }

  private double(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) {
      this.bytes.fill(0, this.length, this.length + 8);
    } else {
      this.bytes.writeDoubleBE(value === 0 ? 0 : value, this.length);
      // A negative double sorts the other way round: all its bits are inverted; a positive one goes after it.
      if (value < 0) for (let i = 0; i < 8; i++) this.bytes[this.length + i] = ~(this.bytes[this.length + i] as number);
      else this.bytes[this.length] = (this.bytes[this.length] as number) | 0x80;
    }
    this.length += 8;
  }

  /** UTF-8 with its null bytes escaped, ended by two null bytes: a shorter text sorts before its continuations. */
  private text(value: string): void {
    this.reserve(value.length * 3 + 2);
    if (value.includes("\0")) {
      const parts = value.split("\0");
      for (const [i, part] of parts.entries()) {
        if (i > 0) this.uint16(0x00ff);
        this.reserve(part.length * 3 + 2);
        this.length += this.bytes.write(part, this.length, "utf8");
      }
    } else {
      this.length += this.bytes.write(value, this.length, "utf8");
    }
    this.uint16(0);
  }

  private doc(value: Value): void {
    const doc = asDoc(value);
    for (const name of presentNames(doc)) {
      const rank = rankOf(doc[name]);
      this.byte(rank);
      this.text(name);
      this.payload(rank, doc[name]);
    }
    this.byte(0);
  }

  private binary(value: Binary): void {
    this.reserve(5);
    this.length = this.bytes.writeUInt32BE(value.position, this.length);
    this.byte(value.sub_type);
    this.raw(bytesOf(value));
  }

  private unsigned(value: Long): void {
    this.reserve(8);
    this.length = this.bytes.writeUInt32BE(value.getHighBitsUnsigned(), this.length);
    this.length = this.bytes.writeUInt32BE(value.getLowBitsUnsigned(), this.length);
  }

  private byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  private uint16(value: number): void {
    this.reserve(2);
    this.length = this.bytes.writeUInt16BE(value, this.length);
  }

  private raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

function previousDouble(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

/** The key of one ascending or descending value. */
export function encodeKey(value: Value, direction: 1 | -1 = 1): Buffer {
  const writer = new KeyWriter();
  writer.append(value, direction);
  return writer.finish();
}

/** The bytes at which the values of a rank begin, and those of the next rank (for ranges that stay within a kind). */
export function rankBounds(rank: number): { from: Buffer; to: Buffer } {
  return { from: Buffer.from([rank]), to: Buffer.from([rank + 1]) };
}

/** Where numbers other than NaN begin: a range of numbers never holds NaN. */
export const FIRST_NUMBER = Buffer.from([Rank.number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
