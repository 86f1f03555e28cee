-- Another key with every request, from KEYS (default keys.tsv), for wrk.
local keys = {}
for line in io.lines(os.getenv("KEYS") or "keys.tsv") do
  keys[#keys + 1] = line:match("^[^\t]+")
end
local path = os.getenv("TARGET") or "/v1/echo"
local next_key = 0
request = function()
  next_key = next_key % #keys + 1
  return wrk.format("GET", path, { ["X-API-Key"] = keys[next_key] })
end
