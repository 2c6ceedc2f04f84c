// Follows a job by the package eventsource: node events.mjs PACKAGE URL prints the events' names up to the last.
const { EventSource } = await import(process.argv[2]);
const source = new EventSource(process.argv[3]);
for (const name of ["job_queued", "job_started", "job_progress", "job_completed"]) {
  source.addEventListener(name, (event) => {
    console.log(name, JSON.parse(event.data).job_id);
    if (name === "job_completed") source.close();
  });
}
source.addEventListener("error", (event) => {
  console.error(event.message);
  process.exit(1);
});
