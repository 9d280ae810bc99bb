/** The figures of `/metrics`: counts and delays only, never who or what. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

export class Metrics {
  readonly registry = new Registry();
  private readonly inboundCount: Counter<"platform" | "kind">;
  private readonly deliveries: Counter<"platform" | "result">;
  private readonly jobRuns: Counter<"job" | "result">;
  private readonly waits: Counter<"platform">;
  private readonly acknowledgement: Histogram<"kind">;
  private readonly api: Histogram<"call" | "status">;
  private readonly webhooks: Counter<"endpoint" | "result">;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.inboundCount = new Counter({
      name: "aplus_inbound_total",
      help: "What people did on a platform, by kind",
      labelNames: ["platform", "kind"],
      registers,
    });
    this.deliveries = new Counter({
      name: "aplus_deliveries_total",
      help: "Threads brought in step, by result (done, retry, place)",
      labelNames: ["platform", "result"],
      registers,
    });
    this.jobRuns = new Counter({
      name: "aplus_job_runs_total",
      help: "Runs of jobs, by result (done, failed)",
      labelNames: ["job", "result"],
      registers,
    });
    this.waits = new Counter({
      name: "aplus_rate_limit_waits_total",
      help: "Times that a platform asked to wait",
      labelNames: ["platform"],
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

  inbound(platform: string, kind: string, seconds: number): void {
    this.inboundCount.inc({ platform, kind });
    this.acknowledgement.observe({ kind }, seconds);
  }

  delivered(platform: string, result: string): void {
    this.deliveries.inc({ platform, result });
  }

  jobRan(job: string, result: "done" | "failed"): void {
    this.jobRuns.inc({ job, result });
  }

  rateLimited(platform: string): void {
    this.waits.inc({ platform });
  }

  apiCalled(call: string, status: number, seconds: number): void {
    this.api.observe({ call, status: String(status) }, seconds);
  }

  webhook(endpoint: string, result: "done" | "retry" | "dead"): void {
    this.webhooks.inc({ endpoint, result });
  }
}
