import { startTestStation, type StationSetUp, type TestStation } from '../../harness/start-station.ts';

/** A machine in a machine that many share may need longer to start the device process than a station waits. */
export async function startPatiently(setUp: StationSetUp): Promise<TestStation> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startTestStation(setUp);
    } catch (error) {
      if (tries === 4 || !String(error).includes('device-process-lost')) throw error;
    }
  }
}
