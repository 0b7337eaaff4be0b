-- The conditions follow kstatus. Their order does not matter, and nothing but Lua's base library is used.
local generation = obj.metadata.generation
local status = obj.status
if status == nil or status.observedGeneration ~= generation then
  return { status = "Progressing", message = "Waiting for the operator to see the latest spec" }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.observedGeneration == generation then
    conditions[condition.type] = condition
  end
end

local function health(word, condition)
  return { status = word, message = condition.message or condition.reason or "" }
end

-- The first of these that is the case decides.
local deciding = {
  { "Stalled", "True", "Degraded" },
  { "Suspended", "True", "Suspended" },
  { "Reconciling", "True", "Progressing" },
  { "Ready", "True", "Healthy" },
  { "Ready", "False", "Degraded" },
}
for _, rule in ipairs(deciding) do
  local condition = conditions[rule[1]]
  if condition ~= nil and condition.status == rule[2] then
    return health(rule[3], condition)
  end
end

if conditions.Ready ~= nil then
  return health("Progressing", conditions.Ready)
end
return { status = "Progressing", message = "Waiting for the operator" }
