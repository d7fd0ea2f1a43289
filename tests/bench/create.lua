-- wrk: creates credentials with names that never repeat, and counts what was not 201.
local threads = 0
function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end
local made = 0
local prefix, before, after
function init(args)
    prefix, before, after = args[1], args[2], args[3]
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    refused = 0
end
function request()
    made = made + 1
    return wrk.format(nil, nil, nil, before .. prefix .. "-" .. number .. "-" .. made .. after)
end
function response(status)
    if status ~= 201 then refused = refused + 1 end
end
