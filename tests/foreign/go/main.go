// A worker as users of Temporal's Go SDK write it: it knows nothing of the supervisor that runs it.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Errand says how long the workflow sleeps and how long its activity then works.
type Errand struct {
	SleepSeconds float64 `json:"sleep_seconds"`
	WorkSeconds  float64 `json:"work_seconds"`
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// RunErrand sleeps, then works, and returns the attempt in which the work was done.
func RunErrand(ctx workflow.Context, errand Errand) (int32, error) {
	if err := workflow.Sleep(ctx, seconds(errand.SleepSeconds)); err != nil {
		return 0, err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Minute})
	var attempt int32
	err := workflow.ExecuteActivity(ctx, Work, errand).Get(ctx, &attempt)
	return attempt, err
}

// Work takes its time and does not heartbeat.
func Work(ctx context.Context, errand Errand) (int32, error) {
	select {
	case <-time.After(seconds(errand.WorkSeconds)):
		return activity.GetInfo(ctx).Attempt, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func main() {
	c, err := client.Dial(envconfig.MustLoadDefaultClientOptions())
	if err != nil {
		log.Fatalln(err)
	}
	defer c.Close()
	w := worker.New(c, os.Getenv("TASK_QUEUE"), worker.Options{StickyScheduleToStartTimeout: time.Minute})
	w.RegisterWorkflow(RunErrand)
	w.RegisterActivity(Work)
	if err := w.Run(worker.InterruptCh()); err != nil {
		log.Fatalln(err)
	}
}
