const u=()=>{const c=process.cpuUsage();return Math.round((c.user+c.system)/1000)};
console.log('start',u());
await import('node:http'); console.log('http',u());
await import('node:child_process'); console.log('cp',u());
await import('node:timers/promises'); await import('node:os'); await import('node:fs'); console.log('rest',u());
