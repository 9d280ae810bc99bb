/** Where the bot answers Slack, and the browsers that Slack sends back. */
export const EVENTS_PATH = "/slack/events";
export const INSTALL_PATH = "/slack/install";
export const REDIRECT_PATH = "/slack/oauth_redirect";
