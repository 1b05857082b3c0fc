export default async function jestEnds() {
  await globalThis.ashwireServers?.close();
}
