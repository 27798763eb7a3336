#pragma once

#include <memory>

#include "gui/views/main_window.h"
#include "tests/gui/support/fake_agent.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/gallery.h"
#include "tests/gui/support/synthetic_cluster.h"

namespace meseta::console {

/// A window on a made-up cluster, one of whose agents answers: what a Gallery goes through.
class GalleryStage
{
public:
    explicit GalleryStage(const SyntheticCluster::Size &size, const QSize &windowSize);
    ~GalleryStage();

    MainWindow &window() { return *m_window; } ///< shown; the welcome page until `open`
    /// Connects, and waits until all is read; then a minute of events. False: it was not read.
    bool open();
    /// Every page, dialog and menu, in turn.
    void walk(const Gallery::Look &look);

private:
    SyntheticCluster::Size m_size;
    double m_now;
    SyntheticCluster m_city;
    FakeMaster m_master;
    FakeAgent m_agent;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace meseta::console
