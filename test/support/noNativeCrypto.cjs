/** In the place of matrix-bot-sdk's native cryptography, which is downloaded at install: the tests do without it. */
module.exports = {};
