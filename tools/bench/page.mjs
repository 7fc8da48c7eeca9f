export async function benchPage() {}
