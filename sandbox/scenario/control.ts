/** The control API: the world and its clock, and what people do on each platform. */
import { z } from "zod";
import { MatrixControl } from "./control-matrix.ts";
import { SlackControl } from "./control-slack.ts";
import { ControlHttp } from "./http.ts";

const platform = z.enum(["slack", "matrix"]);
const world = z.object({
  now: z.iso.datetime(),
  agents: z.array(z.object({ id: z.string(), name: z.string(), platform })),
  channels: z.array(z.object({ id: z.string(), name: z.string(), platform, direct: z.string().nullable() })),
});
export type ControlWorld = z.infer<typeof world>;

const moved = z.object({ now: z.iso.datetime() });

export class ControlClient {
  readonly slack: SlackControl;
  readonly matrix: MatrixControl;
  private readonly http: ControlHttp;

  /** @param base `http://127.0.0.1:port` */
  constructor(base: string) {
    this.http = new ControlHttp(base);
    this.slack = new SlackControl(this.http);
    this.matrix = new MatrixControl(this.http);
  }

  world(): Promise<ControlWorld> {
    return this.http.get(world, "/sandbox/world");
  }

  /** Moves the clock. Gives the moment in the world. */
  async clock(to: { readonly set: string } | { readonly advance: string }): Promise<Date> {
    return new Date((await this.http.post(moved, "/sandbox/clock", to)).now);
  }
}
