#include "tests/system/Racers.h"

#include <cppunit/TestAssert.h>

#include <algorithm>
#include <barrier>
#include <thread>

namespace coffer::test {

Racers::Racers(const DaemonProcess& daemon) {
    for (int i = 0; i < count; ++i)
        clients_.push_back(std::make_unique<Client>(daemon.port(), daemon.token()));
}

std::vector<Answer> Racers::race(const std::function<Answer(Client&, int)>& run) {
    std::vector<Answer> answers(count);
    std::barrier start(count);
    std::vector<std::jthread> threads;
    for (int racer = 0; racer < count; ++racer)
        threads.emplace_back([&, racer] {
            const auto own = static_cast<std::size_t>(racer);
            start.arrive_and_wait();
            try {
                answers[own] = run(*clients_[own], racer);
            } catch (const std::exception& error) {
                answers[own].body = error.what();
            }
        });
    threads.clear();
    return answers;
}

int Racers::succeeded(const std::vector<Answer>& answers, int odd, const std::vector<int>& statuses) {
    int count = 0;
    for (std::size_t racer = static_cast<std::size_t>(odd); racer < answers.size(); racer += 2) {
        const auto& answer = answers[racer];
        CPPUNIT_ASSERT_MESSAGE(std::to_string(answer.status) + " " + answer.body,
                               std::ranges::find(statuses, answer.status) != statuses.end());
        count += answer.status < 300 ? 1 : 0;
    }
    return count;
}

} // namespace coffer::test
