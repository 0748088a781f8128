// A worker as users of Temporal's TypeScript SDK write it: it knows nothing of the supervisor that runs it.
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities';

async function run(): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: process.env.TASK_QUEUE ?? 'default',
      workflowsPath: require.resolve('./workflows'),
      activities,
      stickyQueueScheduleToStartTimeout: '1 minute',
    });
    await worker.run();
  } finally {
    await connection.close();
  }
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
