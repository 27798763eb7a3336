#include "gui/launch/image_shelf.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/launch/drop_payload.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/tab_order.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

using Source = ImageCatalog::Source;

/// A list whose rows drag the name of an image, as the console's own type and as text.
class ImageList : public QListWidget
{
public:
    ImageList()
    {
        setDragEnabled(true);
        setDragDropMode(QAbstractItemView::DragOnly);
        setUniformItemSizes(true);
        setFrameShape(QFrame::NoFrame);
        setIconSize({16, 16});
        setTextElideMode(Qt::ElideMiddle); // what tells images apart is at both ends
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }

protected:
    QStringList mimeTypes() const override
    {
        return {QLatin1String(imageMimeType), QStringLiteral("text/plain")};
    }
    QMimeData *mimeData(const QList<QListWidgetItem *> &items) const override
    {
        if (items.isEmpty())
            return nullptr;
        auto *dragged = new QMimeData;
        dragged->setData(QLatin1String(imageMimeType), items.first()->text().toUtf8());
        dragged->setText(items.first()->text());
        return dragged;
    }
};

} // namespace

ImageShelf::ImageShelf(ImageCatalog &catalog, QWidget *parent)
    : QWidget(parent)
    , m_catalog(catalog)
    , m_title(new QLabel)
    , m_source(new QComboBox(this))
    , m_registry(new QLineEdit(catalog.registry(), this))
    , m_filter(new QLineEdit(this))
    , m_list(new ImageList)
    , m_hint(new QLabel)
    , m_empty(new QLabel)
    , m_favourite(new QToolButton)
    , m_refresh(new QToolButton)
{
    m_title->setFont(Theme::headingFont());
    for (QLabel *label : {m_hint, m_empty}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setForegroundRole(QPalette::PlaceholderText);
    }
    auto *inList = new QVBoxLayout(m_list->viewport()); // where images would be
    inList->addWidget(m_empty);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setMargin(Theme::Small);
    for (QToolButton *button : {m_favourite, m_refresh})
        button->setAutoRaise(true);
    m_favourite->setIcon(icon(QStringLiteral("star")));
    m_refresh->setIcon(icon(QStringLiteral("refresh")));
    for (int i = 0; i < 4; ++i)
        m_source->addItem(QString());
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_favourite);
    head->addWidget(m_refresh);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Medium, Theme::Medium, Theme::Medium, Theme::Medium);
    column->setSpacing(Theme::Small);
    column->addLayout(head);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_source, m_registry, m_filter})
        column->addWidget(widget);
    column->addWidget(m_list, 1);
    column->addWidget(m_hint);
    orderTabs({m_favourite, m_refresh, m_source, m_registry, m_filter, m_list});
    m_filter->setClearButtonEnabled(true);
    setMinimumWidth(220);

    connect(m_source, &QComboBox::currentIndexChanged, this, &ImageShelf::refresh);
    connect(m_registry, &QLineEdit::editingFinished, this, &ImageShelf::refresh);
    connect(m_filter, &QLineEdit::textChanged, this, &ImageShelf::fill);
    connect(m_refresh, &QToolButton::clicked, this, &ImageShelf::refresh);
    connect(m_favourite, &QToolButton::clicked, this, &ImageShelf::toggleFavourite);
    connect(m_list, &QListWidget::itemActivated, this,
            [this](QListWidgetItem *item) { Q_EMIT launchWanted(item->text()); });
    connect(&catalog, &ImageCatalog::changed, this, &ImageShelf::fill);
    translate();
    refresh();
}

void ImageShelf::showSource(Source source)
{
    m_source->setCurrentIndex(static_cast<int>(source));
}

QString ImageShelf::current() const
{
    return m_list->currentItem() ? m_list->currentItem()->text() : QString();
}

void ImageShelf::toggleFavourite()
{
    if (const QString image = current(); !image.isEmpty())
        m_catalog.setFavourite(image, !m_catalog.isFavourite(image));
}

void ImageShelf::refresh()
{
    const auto source = static_cast<Source>(m_source->currentIndex());
    m_registry->setVisible(source == Source::Registry);
    if (source == Source::Registry) {
        m_catalog.setRegistry(m_registry->text());
        m_catalog.refreshRegistry();
    } else if (source == Source::Engine) {
        m_catalog.refreshEngine();
    }
    fill();
}

void ImageShelf::fill()
{
    const auto source = static_cast<Source>(m_source->currentIndex());
    const QString kept = current();
    m_list->clear();
    for (const QString &name : m_catalog.names(source)) {
        if (!name.contains(m_filter->text().trimmed(), Qt::CaseInsensitive))
            continue;
        auto *item = new QListWidgetItem(
            icon(m_catalog.isFavourite(name) ? QStringLiteral("star") : QStringLiteral("image")),
            name);
        item->setToolTip(name.toHtmlEscaped());
        m_list->addItem(item);
        if (name == kept)
            m_list->setCurrentItem(item);
    }
    const QString problem = m_catalog.problem(source);
    m_hint->setText(problem.isEmpty()
                        ? tr("Drag one onto an agent, an offer or the map; Return launches it.")
                        : problem);
    m_hint->setVisible(m_list->count() > 0);
    m_empty->setText(whyEmpty());
    m_empty->setVisible(m_list->count() == 0);
}

/// What stands where images would be.
QString ImageShelf::whyEmpty() const
{
    const auto source = static_cast<Source>(m_source->currentIndex());
    if (const QString problem = m_catalog.problem(source); !problem.isEmpty())
        return problem;
    if (!m_filter->text().trimmed().isEmpty() && !m_catalog.names(source).isEmpty())
        return tr("Nothing matches.");
    switch (source) {
    case Source::Recent:
        return tr("What you launch is kept here.");
    case Source::Favourites:
        return tr("Mark images with the star to keep them here.");
    default:
        return tr("It has no images.");
    }
}

void ImageShelf::translate()
{
    m_title->setText(tr("Images"));
    const QStringList sources{tr("Recent"), tr("Favourites"), tr("Docker engine of this machine"),
                              tr("Registry")};
    for (int i = 0; i < sources.size(); ++i)
        m_source->setItemText(i, sources[i]);
    m_source->setAccessibleName(tr("Where to look"));
    m_registry->setPlaceholderText(QStringLiteral("127.0.0.1:5000"));
    m_registry->setAccessibleName(tr("Registry"));
    m_filter->setPlaceholderText(tr("Search"));
    m_filter->setAccessibleName(tr("Search"));
    m_list->setAccessibleName(tr("Images"));
    m_favourite->setToolTip(tr("Keep among the favourites, or not"));
    m_favourite->setAccessibleName(tr("Favourite"));
    m_refresh->setToolTip(tr("Ask again"));
    m_refresh->setAccessibleName(tr("Ask again"));
    fill();
}

void ImageShelf::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        translate();
}

} // namespace meseta::console
