/** A command as ours are: in French, and telling its errors by throwing them. */
import type { Command } from "commander";
import { cliTexts as texts } from "./texts.ts";

export function french(command: Command): Command {
  return command
    .helpOption("-h, --help", texts.help)
    .exitOverride()
    .configureHelp({ styleTitle: (title) => texts.headings[title] ?? title })
    .configureOutput({ outputError: () => undefined });
}
