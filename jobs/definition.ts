/** What a job is: a name, how often, and what it does. Each has a file of its own. */
import type { DeliveryContext } from "../src/delivery/context.ts";
import type { Delivery } from "../src/delivery/delivery.ts";
import type { NoticeTurns } from "../src/delivery/noticeTurns.ts";
import type { UseCaseContext } from "../src/demandes/context.ts";

/** What is made at the moment of the post, by lane. */
export interface Reports {
  readonly report: NoticeTurns;
  readonly digest: NoticeTurns;
}

export interface JobContext {
  readonly useCases: UseCaseContext;
  readonly deliveries: DeliveryContext;
  readonly delivery: Delivery;
  readonly reports: Reports;
  /** Reads, on each platform, what was said in open threads and never came in. */
  catchUp(): Promise<void>;
}

export interface JobDefinition {
  readonly name: string;
  /** As Agenda takes it: « 30 seconds », « 10 minutes ». */
  readonly every: string;
  run(context: JobContext): Promise<void>;
}
