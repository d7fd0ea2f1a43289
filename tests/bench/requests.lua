-- wrk: requests that differ. Arguments: method, path, body (none if empty), a number that no other run has, and the
-- first and the last of the ids it may name. {number} in path and body is 16 digits that never come again, {id} the
-- next id. Where the method is LOCK, ids are locked, and each is unlocked a hundred later.
local threads = 0
function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local behind = 100
local made = 0
local method, path, body, run, first, count

function init(arguments)
    method, path, body, run = arguments[1], arguments[2], arguments[3], tonumber(arguments[4])
    -- Each thread has its own half of them.
    count = math.floor((tonumber(arguments[6]) - tonumber(arguments[5]) + 1) / 2)
    first = tonumber(arguments[5]) + number * count
    wrk.headers["Content-Type"] = "application/json"
end

local function filled(template, id)
    if template == "" then return nil end
    local text = template:gsub("{id}", tostring(id))
    return (text:gsub("{number}", string.format("%06d%02d%08d", run, number, made)))
end

local locked, unlocked = 0, 0

local function lockOrUnlock()
    if locked - unlocked <= behind then
        locked = locked + 1
        return wrk.format("PUT", filled(path, first + locked % count), nil, body)
    end
    unlocked = unlocked + 1
    return wrk.format("DELETE", filled(path, first + unlocked % count))
end

function request()
    made = made + 1
    if method == "LOCK" then return lockOrUnlock() end
    local id = first + made % count
    return wrk.format(method, filled(path, id), nil, filled(body, id))
end
