#pragma once

#include <functional>

#include <QPointer>
#include <QWidget>

#include "gui/model/palette_search.h"

class QLineEdit;
class QListWidget;

namespace meseta::console {

/// The command palette: one line over the window that finds actions, pages and objects. Ctrl+K
/// opens it, Esc leaves it.
class CommandPalette : public QWidget
{
    Q_OBJECT
public:
    using Search = std::function<QList<PaletteEntry>(const QString &)>;

    CommandPalette(QWidget *window, Search search);

    void open(const QString &line = {});
    QLineEdit &line() { return *m_line; }
    const QList<PaletteEntry> &entries() const { return m_entries; }

Q_SIGNALS:
    void chosen(const meseta::console::PaletteEntry &entry);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void search();
    void choose();
    void leave();
    void place();
    void translate();

    Search m_search;
    QList<PaletteEntry> m_entries;
    QLineEdit *m_line;
    QListWidget *m_list;
    QPointer<QWidget> m_focusBefore;
};

} // namespace meseta::console
