-- What RedisStore does in one step: nobody else changes anything between. `ARGV` is the name of an operation below and what
-- it takes; times are decimals of seconds. Which of two events goes first is said by their `order`, as `lanes.py` computes it.
--
-- P .. e:KEY      hash of an event that is waiting, being handled or dead: entry, lanes, sequence, due, attempt, fence (0: it
--                 waits), outbox (bN: reply N was begun, mN: its message); dead ones also have reason and died_at
-- P .. k:KEY      until when a handled event's key is known, and the fence that it was handled with
-- P .. l:LANE     the places of a lane's events in their order; a place is the sequence, of 16 digits, and the key
-- P .. s:LANE     hash: state, and when the latest of the lane's handled events occurred
-- P .. all        places by acceptance;    ready: places of those that are first of all their lanes, by due
-- P .. claimed    places by the end of their leases;    dead: keys by death;    seen, busy: lanes
local P = KEYS[1]
local EVENT, KNOWN, LINE, LANE, HOLD = P .. 'e:', P .. 'k:', P .. 'l:', P .. 's:', P .. 'h:'
local ALL, READY, CLAIMED, DEAD, SEEN, BUSY = P .. 'all', P .. 'ready', P .. 'claimed', P .. 'dead', P .. 'seen', P .. 'busy'
local call = redis.call

local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1e6
end

local function exact(number) return string.format('%.17g', number) end
local function key_of(place) return string.sub(place, 18) end
local function place_of(key) return string.format('%016d', call('HGET', EVENT .. key, 'sequence')) .. ':' .. key end
local function lanes_of(key) return cjson.decode(call('HGET', EVENT .. key, 'lanes')) end
local function first_of(lane) return call('ZRANGE', LINE .. lane, 0, 0)[1] end
local function tell() call('PUBLISH', P .. 'changed', '') end

-- Redis that is full refuses a script whose first write may need memory. What was accepted must be finished nevertheless, which
-- is what makes room: such steps begin with a write that needs none.
local function also_when_full() call('UNLINK', P .. 'none') end

-- Let a waiting event be claimed once it is due, if it is first of all its lanes.
local function call_up(place)
  local key = key_of(place)
  for _, lane in ipairs(lanes_of(key)) do
    if first_of(lane) ~= place then return end
  end
  local facts = call('HMGET', EVENT .. key, 'due', 'fence')
  if facts[2] == '0' then call('ZADD', READY, facts[1], place) end
end

-- Let an event stand in the lines of its lanes: due no later than those that it stands before.
local function line_up(key, order, due, accepted_at)
  call('HSET', EVENT .. key, 'sequence', exact(call('INCR', P .. 'sequences')), 'attempt', 0, 'fence', 0)
  local place = place_of(key)
  for _, lane in ipairs(lanes_of(key)) do
    call('ZADD', LINE .. lane, order, place)
    call('SADD', BUSY, lane)
    call('ZADD', SEEN, 'GT', accepted_at, lane)
    local behind = call('ZRANK', LINE .. lane, place) + 1
    local next_one = call('ZRANGE', LINE .. lane, behind, behind)[1]
    if next_one then
      call('ZREM', READY, next_one)
      local its = call('HGET', EVENT .. key_of(next_one), 'due')
      if tonumber(its) < tonumber(due) then due = its end
    end
  end
  call('HSET', EVENT .. key, 'due', due)
  call('ZADD', ALL, accepted_at, place)
  call_up(place)
end

-- Take an event out of its lines.
local function leave(key)
  local place = place_of(key)
  call('ZREM', ALL, place)
  call('ZREM', READY, place)
  call('ZREM', CLAIMED, place)
  for _, lane in ipairs(lanes_of(key)) do
    call('ZREM', LINE .. lane, place)
    local first = first_of(lane)
    if first then call_up(first) else call('SREM', BUSY, lane) end
  end
end

-- Keep nothing of an event but its key, for so many seconds.
local function drop(key, now, seconds, fence)
  call('DEL', EVENT .. key)
  call('SET', KNOWN .. key, exact(now + seconds) .. ' ' .. fence, 'PX', string.format('%d', math.max(seconds * 1000, 1)))
end

local function known(key, now)
  if call('EXISTS', EVENT .. key) == 1 then return true end
  local value = call('GET', KNOWN .. key)
  return value and tonumber(string.match(value, '^%S+')) > now
end

-- How much there is too much: the number that wait, or -1 where it is one lane's. Where none waits, nothing is too much.
local function full(lanes_of_each, most, most_in_lane)
  local waiting = call('ZCARD', ALL)
  if waiting > 0 and waiting + #lanes_of_each > most then return waiting end
  local there, more = {}, {}
  for _, lanes in ipairs(lanes_of_each) do
    for _, lane in ipairs(lanes) do
      there[lane] = there[lane] or call('ZCARD', LINE .. lane)
      more[lane] = (more[lane] or there[lane]) + 1
      if there[lane] > 0 and more[lane] > most_in_lane then return -1 end
    end
  end
  return nil
end

-- Whether a claim still stands.
local function stands(key, fence, time)
  if call('HGET', EVENT .. key, 'fence') ~= fence then return false end
  local until_then = call('ZSCORE', CLAIMED, place_of(key))
  return until_then and tonumber(until_then) > time
end

local operations = {}

-- now, most, most in a lane; of each: key, entry, lanes, order, due, accepted at. How many were new, or what is full.
function operations.accept(now, most, most_in_lane)
  local new, lanes_of_each, named = {}, {}, {}
  for at = 5, #ARGV, 6 do
    local key = ARGV[at]
    if not named[key] and not known(key, tonumber(now)) then
      table.insert(new, at)
      table.insert(lanes_of_each, cjson.decode(ARGV[at + 2]))
    end
    named[key] = true
  end
  if #new == 0 then return { 0 } end
  local too_much = full(lanes_of_each, tonumber(most), tonumber(most_in_lane))
  if too_much then return { 0, too_much } end
  for _, at in ipairs(new) do
    call('HSET', EVENT .. ARGV[at], 'entry', ARGV[at + 1], 'lanes', ARGV[at + 2])
    line_up(ARGV[at], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
  end
  tell()
  return { #new }
end

-- time, lease, now, most. Of each: all of its hash, fence, the lanes' latest times, the first one's state.
function operations.claim(given, lease, now, most)
  also_when_full()
  local time, claims = clock(given), {}
  for _, place in ipairs(call('ZRANGEBYSCORE', CLAIMED, '-inf', exact(time))) do
    call('ZREM', CLAIMED, place)
    call('HSET', EVENT .. key_of(place), 'fence', 0)
    call_up(place)
  end
  for _, place in ipairs(call('ZRANGEBYSCORE', READY, '-inf', now, 'LIMIT', 0, most)) do
    local key, latest = key_of(place), {}
    local event, lanes = EVENT .. key, lanes_of(key)
    call('ZREM', READY, place)
    call('ZADD', CLAIMED, exact(time + tonumber(lease)), place)
    call('HSET', event, 'fence', exact(call('INCR', P .. 'fences')))
    call('HINCRBY', event, 'attempt', 1)
    for _, lane in ipairs(lanes) do
      call('ZADD', LINE .. lane, '-inf', place)
      table.insert(latest, call('HGET', LANE .. lane, 'latest') or '')
    end
    table.insert(claims, { call('HGETALL', event), latest, call('HGET', LANE .. lanes[1], 'state') })
  end
  return claims
end

-- The end of a claim: again, not before `due`.
function operations.again(given, key, fence, due, counts)
  also_when_full()
  if not stands(key, fence, clock(given)) then return 0 end
  local place = place_of(key)
  call('HSET', EVENT .. key, 'fence', 0, 'due', due)
  if counts == '0' then call('HINCRBY', EVENT .. key, 'attempt', -1) end
  call('ZREM', CLAIMED, place)
  call_up(place)
  tell()
  return 1
end

-- The lanes of an event know when it occurred; for so many seconds, or as long as they have a state.
local function pass(key, occurred_at, kept)
  for _, lane in ipairs(lanes_of(key)) do
    local latest = call('HGET', LANE .. lane, 'latest')
    if occurred_at ~= '' and (not latest or tonumber(latest) < tonumber(occurred_at)) then
      call('HSET', LANE .. lane, 'latest', occurred_at)
    end
    if call('HEXISTS', LANE .. lane, 'state') == 0 then call('EXPIRE', LANE .. lane, kept) end
  end
end

-- The end of a claim: done, with a new state or none. True as well for who asks again since it did not hear the answer.
function operations.handled(given, key, fence, now, seconds, occurred_at, kept, state)
  also_when_full()
  if not stands(key, fence, clock(given)) then
    local value = call('GET', KNOWN .. key)
    return value and string.match(value, '%S+$') == fence and 1 or 0
  end
  if state then
    local lane = LANE .. lanes_of(key)[1]
    call('HSET', lane, 'state', state)
    call('PERSIST', lane)
  end
  pass(key, occurred_at, kept)
  leave(key)
  drop(key, tonumber(now), tonumber(seconds), fence)
  tell()
  return 1
end

-- The end of a claim: given up on.
function operations.dead(given, key, fence, now, entry, reason, occurred_at, kept)
  also_when_full()
  if not stands(key, fence, clock(given)) then return 0 end
  pass(key, occurred_at, kept)
  leave(key)
  call('HSET', EVENT .. key, 'entry', entry, 'fence', 0, 'reason', reason, 'died_at', now)
  call('ZADD', DEAD, now, key)
  tell()
  return 1
end

-- time, lease; of each claim: key, fence. Which of them had run out.
function operations.renew(given, lease)
  also_when_full()
  local time, lost = clock(given), {}
  for at = 4, #ARGV, 2 do
    if stands(ARGV[at], ARGV[at + 1], time) then
      call('ZADD', CLAIMED, exact(time + tonumber(lease)), place_of(ARGV[at]))
    else
      table.insert(lost, ARGV[at + 1])
    end
  end
  return lost
end

-- Waiting or claimed, claimed, dead, lanes, and when the oldest was accepted.
function operations.counts()
  local oldest = call('ZRANGE', ALL, 0, 0, 'WITHSCORES')[2]
  return { call('ZCARD', ALL), call('ZCARD', CLAIMED), call('ZCARD', DEAD), call('SCARD', BUSY), oldest or false }
end

function operations.begin_reply(given, key, fence, number, now)
  also_when_full()
  if not stands(key, fence, clock(given)) then return 0 end
  call('HSET', EVENT .. key, 'b' .. number, now)
  return 1
end

function operations.end_reply(key, number, now, message_id)
  also_when_full()
  local event = EVENT .. key
  if call('EXISTS', event) == 0 or call('HEXISTS', event, 'died_at') == 1 then return end
  if message_id then
    call('HSETNX', event, 'b' .. number, now)
    call('HSET', event, 'm' .. number, message_id)
  else
    call('HDEL', event, 'b' .. number, 'm' .. number)
  end
end

function operations.hold(given, name, owner, seconds)
  also_when_full()
  local time, value = clock(given), call('GET', HOLD .. name)
  if value then
    local holder, until_then = string.match(value, '^(%S+) (%S+)$')
    if holder ~= owner and tonumber(until_then) > time then return 0 end
  end
  local kept = string.format('%d', math.max(tonumber(seconds) * 1000, 1))
  call('SET', HOLD .. name, owner .. ' ' .. exact(time + tonumber(seconds)), 'PX', kept)
  return 1
end

function operations.let_go(name, owner)
  local value = call('GET', HOLD .. name)
  if value and string.match(value, '^%S+') == owner then call('DEL', HOLD .. name) end
end

function operations.replay(key, entry, now, most, most_in_lane)
  if call('HEXISTS', EVENT .. key, 'died_at') == 0 then return { 0 } end
  local too_much = full({ lanes_of(key) }, tonumber(most), tonumber(most_in_lane))
  if too_much then return { 0, too_much } end
  call('ZREM', DEAD, key)
  call('HDEL', EVENT .. key, 'reason', 'died_at')
  call('HSET', EVENT .. key, 'entry', entry)
  line_up(key, 0, now, now)
  tell()
  return { 1 }
end

-- Forget some of the dead letters from before one time and of the lanes from before another; whether there may be more.
function operations.prune(now, seconds, died_at, seen_at, step)
  also_when_full()
  local dead = call('ZRANGEBYSCORE', DEAD, '-inf', died_at, 'LIMIT', 0, step)
  for _, key in ipairs(dead) do
    call('ZREM', DEAD, key)
    drop(key, tonumber(now), tonumber(seconds), '')
  end
  local lanes = call('ZRANGEBYSCORE', SEEN, '-inf', seen_at, 'LIMIT', 0, step)
  for _, lane in ipairs(lanes) do call('ZREM', SEEN, lane) end
  return (#dead == tonumber(step) or #lanes == tonumber(step)) and 1 or 0
end

function operations.forget(lane, seconds)
  also_when_full()
  local count, now = 0, clock('')
  for _, place in ipairs(call('ZRANGE', LINE .. lane, 0, -1)) do
    leave(key_of(place))
    drop(key_of(place), now, tonumber(seconds), '')
    count = count + 1
  end
  for _, key in ipairs(call('ZRANGE', DEAD, 0, -1)) do
    for _, its in ipairs(lanes_of(key)) do
      if its == lane then
        call('ZREM', DEAD, key)
        drop(key, now, tonumber(seconds), '')
        count = count + 1
        break
      end
    end
  end
  call('DEL', LANE .. lane)
  call('ZREM', SEEN, lane)
  tell()
  return count
end

return operations[ARGV[1]](unpack(ARGV, 2, math.min(#ARGV, 16)))
