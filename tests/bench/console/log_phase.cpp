#include "tests/bench/console/log_phase.h"

#include <cstdio>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollBar>

using namespace meseta::console;

LogPhase::LogPhase(BusyApplication &application, const QString &agent, std::function<void()> done)
    : m_application(application), m_done(std::move(done))
{
    auto *row = new QHBoxLayout(this);
    for (int i = 0; i < panes; ++i) {
        m_sources.push_back(std::make_unique<LogSource>());
        m_views.push_back(new LogView(*m_sources.back()));
        row->addWidget(m_views.back());
        m_sources.back()->open(agent, QStringLiteral("/log"));
    }
    resize(1280, 800);
    show();
    connect(&m_timer, &QTimer::timeout, this, [this] { m_round < 200 ? page() : jump(); });
    m_application.reset();
    QTimer::singleShot(5000, this, &LogPhase::follow);
}

void LogPhase::follow()
{
    m_application.print("4 logs of 10 GB followed");
    for (LogView *view : m_views) {
        if (view->topOffset() < 10'000'000'000 - 100000)
            qFatal("the end of the log is not shown");
    }
    m_application.reset();
    m_timer.start(20);
}

void LogPhase::page()
{
    ++m_round;
    for (LogView *view : m_views) {
        QKeyEvent press(QEvent::KeyPress, Qt::Key_PageUp, Qt::NoModifier);
        QCoreApplication::sendEvent(view, &press);
    }
    if (m_round == 200) {
        m_application.print("paged through");
        m_application.reset();
    }
}

void LogPhase::jump()
{
    if (++m_round == 400) {
        m_timer.stop();
        m_application.print("jumped about");
        return search();
    }
    for (LogView *view : m_views) {
        QScrollBar *bar = view->verticalScrollBar();
        bar->setValue(static_cast<int>(bar->maximum() * 0.9 * (m_round * 37 % 100) / 100));
    }
}

void LogPhase::search()
{
    m_application.reset();
    QElapsedTimer clock;
    clock.start();
    connect(m_sources.front().get(), &LogSource::found, this, [this, clock](qint64 offset) {
        std::printf("found at %lld MB after %lld ms\n", static_cast<long long>(offset) / 1000000,
                    static_cast<long long>(clock.elapsed()));
        m_application.print("searched");
        m_done();
    });
    m_sources.front()->search(QStringLiteral("needle"), 0, true);
}
