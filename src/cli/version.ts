/** Kept equal to package.json's by a test; reading that file here would cost every command a file. */
export const version = '0.1.0';
