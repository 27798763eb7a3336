#pragma once

#include <QListWidget>
#include <QWidget>

#include "gui/launch/image_catalog.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace meseta::console {

/// Images at hand, to be dragged onto an agent, an offer, the map or a table, or launched with
/// Return. Filled from an ImageCatalog.
class ImageShelf : public QWidget
{
    Q_OBJECT
public:
    explicit ImageShelf(ImageCatalog &catalog, QWidget *parent = nullptr);

    void showSource(ImageCatalog::Source source);
    QListWidget &list() { return *m_list; }
    void translate();

Q_SIGNALS:
    void launchWanted(const QString &image); ///< double click or Return

protected:
    void changeEvent(QEvent *event) override;

private:
    void fill();
    QString whyEmpty() const;
    void refresh();
    void toggleFavourite();
    QString current() const;

    ImageCatalog &m_catalog;
    QLabel *m_title;
    QComboBox *m_source;
    QLineEdit *m_registry;
    QLineEdit *m_filter;
    QListWidget *m_list;
    QLabel *m_hint;
    QLabel *m_empty; ///< in the list's place
    QToolButton *m_favourite;
    QToolButton *m_refresh;
};

} // namespace meseta::console
