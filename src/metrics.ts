/** What this process counts for `/metrics`: numbers and delays only, never who or what. The gauges are in src/watch/gauges.ts. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { VERSION } from "./version.ts";

/** What became of what somebody did. `faults`: a form to be corrected. `failed`: nothing was answered, and it will come again. */
export type InboundResult = "done" | "refused" | "faults" | "failed";

/** Of a call to a platform; see SlackCall and MatrixCall. */
export type CallOutcome = "ok" | "refused" | "rate_limited" | "failed";

/** The methods of the platforms are some sixty; beyond that, somebody else chooses the words, and they are all counted as one. */
const MOST_METHODS = 80;

/** Fewer than that and Prometheus keeps all; a label that others could fill has no room for more. */
class Words {
  private readonly known = new Set<string>();

  of(word: string): string {
    if (this.known.has(word)) return word;
    if (this.known.size >= MOST_METHODS) return "autre";
    this.known.add(word);
    return word;
  }
}

export class Metrics {
  readonly registry = new Registry();
  private readonly inboundCount: Counter<"platform" | "kind" | "result">;
  private readonly duplicates: Counter;
  private readonly signatures: Counter<"from">;
  private readonly deliveries: Counter<"platform" | "result">;
  private readonly lag: Histogram<"platform">;
  private readonly jobRuns: Counter<"task" | "result">;
  private readonly jobSeconds: Histogram<"task">;
  private readonly waits: Counter<"platform" | "method">;
  private readonly calls: Counter<"platform" | "outcome">;
  private readonly acknowledgement: Histogram<"kind">;
  private readonly api: Histogram<"call" | "status">;
  private readonly webhooks: Counter<"endpoint" | "result">;
  private readonly methods = new Words();

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: "aplus_build_info",
      help: "Always 1: the version of aplus-bot and of Node.js",
      labelNames: ["version", "node"],
      registers,
    }).set({ version: VERSION, node: process.versions.node }, 1);
    this.inboundCount = new Counter({
      name: "aplus_inbound_total",
      help: "What people did on a platform, by kind and result (done, refused, faults, failed)",
      labelNames: ["platform", "kind", "result"],
      registers,
    });
    this.duplicates = new Counter({
      name: "aplus_inbound_duplicates_total",
      help: "Acts that a platform or another system sent again, already done",
      registers,
    });
    this.signatures = new Counter({
      name: "aplus_signatures_refused_total",
      help: "HTTP requests whose signature was refused, by what they claim to come from (slack, api)",
      labelNames: ["from"],
      registers,
    });
    for (const from of ["slack", "api"]) this.signatures.inc({ from }, 0);
    this.deliveries = new Counter({
      name: "aplus_deliveries_total",
      help: "Threads brought in step, by result (done, retry, place)",
      labelNames: ["platform", "result"],
      registers,
    });
    this.lag = new Histogram({
      name: "aplus_delivery_lag_seconds",
      help: "From what somebody did to its being shown in a thread",
      labelNames: ["platform"],
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600],
      registers,
    });
    this.jobRuns = new Counter({
      name: "aplus_job_runs_total",
      help: "Runs of jobs, by result (done, failed)",
      labelNames: ["task", "result"],
      registers,
    });
    this.jobSeconds = new Histogram({
      name: "aplus_job_seconds",
      help: "How long the runs of a job take",
      labelNames: ["task"],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600],
      registers,
    });
    this.waits = new Counter({
      name: "aplus_rate_limit_waits_total",
      help: "Times that a platform asked to wait, by the method that was called",
      labelNames: ["platform", "method"],
      registers,
    });
    this.calls = new Counter({
      name: "aplus_platform_calls_total",
      help: "Calls to the platforms, by outcome (ok, refused, rate_limited, failed)",
      labelNames: ["platform", "outcome"],
      registers,
    });
    this.acknowledgement = new Histogram({
      name: "aplus_inbound_seconds",
      help: "From what a person does to its being written, before the platform is answered",
      labelNames: ["kind"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3],
      registers,
    });
    this.api = new Histogram({
      name: "aplus_api_seconds",
      help: "Calls of other systems, by call (open, show, document, none) and status",
      labelNames: ["call", "status"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 3],
      registers,
    });
    this.webhooks = new Counter({
      name: "aplus_webhooks_total",
      help: "Events told to other systems, by endpoint and result (done, retry, dead)",
      labelNames: ["endpoint", "result"],
      registers,
    });
  }

  inbound(platform: string, kind: string, result: InboundResult, seconds: number): void {
    this.inboundCount.inc({ platform, kind, result });
    this.acknowledgement.observe({ kind }, seconds);
  }

  duplicate(): void {
    this.duplicates.inc();
  }

  signatureRefused(from: "slack" | "api"): void {
    this.signatures.inc({ from });
  }

  delivered(platform: string, result: string): void {
    this.deliveries.inc({ platform, result });
  }

  shown(platform: string, lagSeconds: number): void {
    this.lag.observe({ platform }, Math.max(0, lagSeconds));
  }

  /** The label is not « job »: Prometheus has one of that name, for what it reads. */
  jobRan(task: string, result: "done" | "failed", seconds: number): void {
    this.jobRuns.inc({ task, result });
    this.jobSeconds.observe({ task }, seconds);
  }

  called(platform: string, method: string, outcome: CallOutcome): void {
    this.calls.inc({ platform, outcome });
    if (outcome === "rate_limited") this.waits.inc({ platform, method: this.methods.of(method) });
  }

  apiCalled(call: string, status: number, seconds: number): void {
    this.api.observe({ call, status: String(status) }, seconds);
    if (status === 401) this.signatureRefused("api");
  }

  webhook(endpoint: string, result: "done" | "retry" | "dead"): void {
    this.webhooks.inc({ endpoint, result });
  }
}
