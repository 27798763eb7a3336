#include "tests/gui/support/gallery_stage.h"

#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

#include "gui/model/replica.h"

namespace meseta::console {

namespace {

constexpr int longestMs = 60000;
constexpr int shownEvents = 60;

} // namespace

GalleryStage::GalleryStage(const SyntheticCluster::Size &size, const QSize &windowSize)
    : m_size(size)
    , m_now(static_cast<double>(QDateTime::currentSecsSinceEpoch()))
    , m_city(size, m_now - 2 * shownEvents)
{
    m_city.placeAgent(0, m_agent.pid());
    m_master.snapshot = m_city.snapshot();
    Gallery::furnish(m_master.snapshot, m_agent);
    m_window = std::make_unique<MainWindow>();
    m_window->resize(windowSize);
    m_window->show();
}

GalleryStage::~GalleryStage() = default;

bool GalleryStage::open()
{
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_master.port(), {}});
    const auto isRead = [this] {
        const Replica &replica = m_window->replica();
        return replica.agents().size() == m_size.agents && !replica.loading();
    };
    if (!QTest::qWaitFor(isRead, longestMs))
        return false;
    const int before = m_window->replica().events().size();
    QSignalSpy flushed(&m_window->replica(), &Replica::flushed);
    for (int i = 0; i < shownEvents; ++i)
        m_master.send(m_city.next(m_now - shownEvents + i));
    const auto mostCame = [&] {
        return m_window->replica().events().size() > before + shownEvents / 2;
    };
    if (!QTest::qWaitFor(mostCame, longestMs))
        return false;
    for (int more = 0; more < 10 && flushed.wait(500); ++more) { } // the rest comes in a few
    return true;
}

void GalleryStage::walk(const Gallery::Look &look)
{
    Gallery gallery(*m_window, m_master, m_agent, look);
    gallery.showPages();
    gallery.showTroubles();
    gallery.showDialogs();
    gallery.showLaunch();
    gallery.showMenus();
    gallery.showFiles();
    gallery.showWithoutMaster();
}

} // namespace meseta::console
