-- wrk: asks for the paths in the arguments in turn.
local requests = {}
function init(arguments)
    for at, path in ipairs(arguments) do requests[at] = wrk.format("GET", path) end
end
local made = 0
function request()
    made = made % #requests + 1
    return requests[made]
end
