import { proxyActivities, sleep } from '@temporalio/workflow';
import type * as activities from './activities';

const { work } = proxyActivities<typeof activities>({ startToCloseTimeout: '10 minutes' });

/** How long the workflow sleeps, and how long its activity then works. */
export interface Errand {
  sleep_seconds: number;
  work_seconds: number;
}

/** Sleeps, then works, and returns the attempt in which the work was done. */
export async function RunErrand(errand: Errand): Promise<number> {
  await sleep(errand.sleep_seconds * 1000);
  return await work(errand.work_seconds);
}
