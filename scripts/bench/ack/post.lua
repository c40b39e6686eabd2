-- Posts signed bodies from a file, one a line: signature, tab, body. Every line is sent once; signing inside wrk would
-- make wrk the bottleneck. `BODIES` names the file. When it runs out, the last body is repeated and counted.
local file = assert(io.open(os.getenv("BODIES"), "rb"))
file:setvbuf("full", 1048576)
local headers = { ["Content-Type"] = "application/json", ["User-Agent"] = "Callab-Webhooks/1.0" }
local body = ""
exhausted = 0

function request()
  local line = file:read("*l")
  if line then
    headers["X-Callab-Signature"] = line:sub(1, 64)
    body = line:sub(66)
  else
    exhausted = exhausted + 1
  end
  return wrk.format("POST", nil, headers, body)
end

local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function done(summary, latency)
  local repeated = 0
  for _, thread in ipairs(threads) do repeated = repeated + thread:get("exhausted") end
  io.write(string.format(
    'RESULT {"requests":%d,"durationMs":%.0f,"bytes":%d,"status":%d,"timeout":%d,"socket":%d,"repeated":%d,"p50Ms":%.3f,"p90Ms":%.3f,"p99Ms":%.3f,"maxMs":%.3f}\n',
    summary.requests, summary.duration / 1000, summary.bytes, summary.errors.status, summary.errors.timeout,
    summary.errors.connect + summary.errors.read + summary.errors.write, repeated,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
