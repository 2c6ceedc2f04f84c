// The service for this machine alone, beside a Node backend under PM2 (docs/vps.md). In this folder, once `make run` has
// installed everything:
//
//   pm2 start ecosystem.config.js && pm2 save
//
// The one process that PM2 sees starts, watches and stops all others: servers, worker and web.
module.exports = {
  apps: [
    {
      name: "ocr",
      cwd: __dirname,
      script: ".venv/bin/python",
      args: "app.py",
      interpreter: "none",
      exec_mode: "fork",
      instances: 1, // OCR_WORKERS says how many pages are read at once
      env: {
        HOST: "127.0.0.1", // the backend passes requests on; nobody else reaches it
        FLASK_ENV: "production",
        WORKER_MAX_MEMORY_MB: "1200", // this bounds the memory: a worker that has grown beyond is replaced
      },
      // PM2 counts the first process only, some 90 MB; it is started anew should that one ever leak.
      max_memory_restart: "300M",
      // SIGTERM to the first process alone, which puts running pages back before it ends; that takes up to 20 s.
      treekill: false,
      kill_timeout: 30000,
      restart_delay: 2000,
      exp_backoff_restart_delay: 500,
      // Lines are JSON with their time. Rotation is a module of PM2's: pm2 install pm2-logrotate,
      // pm2 set pm2-logrotate:max_size 10M, pm2 set pm2-logrotate:retain 5
      merge_logs: true,
      time: false,
    },
  ],
};
