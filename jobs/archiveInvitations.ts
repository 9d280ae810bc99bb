/** Invites the aidants to archive what is processed. */
import { sweepArchiveInvitations } from "../src/demandes/inviteToArchive.ts";
import type { JobDefinition } from "./definition.ts";

export const archiveInvitationsJob: JobDefinition = {
  name: "archive-invitations",
  every: "5 minutes",
  async run({ useCases }) {
    await sweepArchiveInvitations(useCases);
  },
};
