import { Context } from '@temporalio/activity';

/** Takes its time, does not heartbeat, and returns the attempt in which it was done. */
export async function work(seconds: number): Promise<number> {
  await Context.current().sleep(seconds * 1000);
  return Context.current().info.attempt;
}
