#include "tests/bench/console/past_phase.h"

#include <cstdio>

#include <QFileInfo>

#include "gui/session/playback.h"

using namespace meseta::console;

PastPhase::PastPhase(BusyApplication &application, Figures &figures, const QString &path,
                     std::function<void()> done)
    : m_application(application), m_figures(figures), m_done(std::move(done)), m_cluster({})
{
    connect(&m_timer, &QTimer::timeout, this, &PastPhase::wander);
    m_application.reset();
    m_way.start();
    meseta::console::EventFile::openSoon(path, this,
                                         [this](EventFile::Opened file) { show(std::move(file)); });
}

void PastPhase::show(EventFile::Opened file)
{
    if (!file)
        qFatal("%s", file.error().message.c_str());
    std::printf("recording of %d events, %.0f MB, opened in %lld ms\n", (*file)->count(),
                static_cast<double>(QFileInfo((*file)->path()).size()) / 1e6,
                static_cast<long long>(m_way.elapsed()));
    const double used = BusyApplication::threadMs();
    m_cluster.openRecording(std::move(*file));
    m_view = std::make_unique<ClusterView>(m_cluster);
    std::printf("its window built: thread %.1f ms\n", BusyApplication::threadMs() - used);
    QTimer::singleShot(16, this, [this] { // as in the main window
        m_view->resize(1280, 800);
        m_view->show();
        m_timer.start(20);
    });
}

void PastPhase::wander()
{
    Playback &playback = *m_cluster.playback();
    if (playback.isSeeking())
        return;
    m_longest = std::max(m_longest, m_way.elapsed());
    if (m_moment == 0) {
        const auto work = m_application.print("recording shown");
        m_figures.add("a recording is shown: longest stretch", "ms", 50, work.longestByClock,
                      work.longest);
        std::printf("    after %lld ms\n", static_cast<long long>(m_longest));
        m_application.reset();
        m_longest = 0;
    }
    if (m_moment == 60) {
        m_timer.stop();
        const auto work = m_application.print("scrubbed");
        m_figures.add("a recording is scrubbed: longest stretch", "ms", 50, work.longestByClock,
                      work.longest);
        m_application.printLongest();
        std::printf("    longest way to a moment %lld ms\n", static_cast<long long>(m_longest));
        return m_done();
    }
    const int page = m_moment / 4 % ClusterView::pageCount;
    if (m_moment % 4 == 0 && page != m_view->page())
        return m_view->showPage(page); // the next moment follows
    const double share = (++m_moment * 37 % 100) / 100.0;
    m_way.restart();
    playback.seek(playback.begin() + share * (playback.end() - playback.begin()));
}
