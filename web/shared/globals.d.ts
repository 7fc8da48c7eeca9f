// What the build writes into the pages in place of these names.
declare const SPRITE_URL: string;
declare const WASM_URL: string;
declare const SHELL_VERSION: string;
declare const SHELL_URLS: string[];
declare const PALETTE: Record<string, [string, string]>;
declare const EMERGENCY: Record<string, string>;
declare module '*.css' {
  const text: string;
  export default text;
}
