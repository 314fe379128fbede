const u=()=>{const c=process.cpuUsage();return Math.round((c.user+c.system)/1000)};
console.log('start',u()); require('http'); console.log('http',u());
