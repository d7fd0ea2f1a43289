/** Asks again until `check` does not throw, and gives what it gave. After `most` milliseconds its last complaint is thrown. */
export async function eventually(check, most = 120_000) {
  const deadline = Date.now() + most;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
