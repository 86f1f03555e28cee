package cn.jingshu.marketplace.management;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The source of one package as the compiler understands it: names resolved, comments kept, nothing compiled. */
final class ControllerSource {
    private final DocTrees trees;
    private final Elements elements;
    private final List<TypeElement> types;

    /** Every method, constructor, field and type of the package with its place in the source. */
    private final Map<Element, TreePath> places;

    private ControllerSource(DocTrees trees, Elements elements, List<TypeElement> types, Map<Element, TreePath> places) {
        this.trees = trees;
        this.elements = elements;
        this.types = types;
        this.places = places;
    }

    /**
     * @param folder of the package's source files; what they use is found on the class path of the tests
     * @param beside one more source file, of another package
     */
    static ControllerSource read(Path folder, Path beside) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8);
                Stream<Path> sources = Files.list(folder)) {
            List<Path> named = Stream.concat(sources.filter(each -> each.toString().endsWith(".java")), Stream.of(beside)).sorted().toList();
            List<String> options = List.of("-proc:none", "-Xlint:none", "-classpath", System.getProperty("java.class.path"));
            JavacTask task = (JavacTask) compiler.getTask(null, files, said, options, null, files.getJavaFileObjectsFromPaths(named));
            List<CompilationUnitTree> units = new java.util.ArrayList<>();
            task.parse().forEach(units::add);
            task.analyze();
            List<Diagnostic<? extends JavaFileObject>> errors = said.getDiagnostics().stream()
                    .filter(each -> each.getKind() == Diagnostic.Kind.ERROR).toList();
            if (!errors.isEmpty()) {
                throw new IllegalStateException("the source cannot be read: " + errors);
            }
            DocTrees trees = DocTrees.instance(task);
            Map<Element, TreePath> places = new HashMap<>();
            List<TypeElement> types = new java.util.ArrayList<>();
            for (CompilationUnitTree unit : units) {
                new Places(trees, places).scan(unit, null);
                for (Tree type : unit.getTypeDecls()) {
                    if (trees.getElement(TreePath.getPath(unit, type)) instanceof TypeElement top) {
                        types.add(top);
                    }
                }
            }
            return new ControllerSource(trees, task.getElements(), types, places);
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    private static final class Places extends TreePathScanner<Void, @Nullable Void> {
        private final DocTrees trees;
        private final Map<Element, TreePath> places;

        Places(DocTrees trees, Map<Element, TreePath> places) {
            this.trees = trees;
            this.places = places;
        }

        @Override
        public @Nullable Void scan(@Nullable Tree tree, @Nullable Void nothing) {
            if (tree == null) {
                return null;
            }
            switch (tree.getKind()) {
                case METHOD, CLASS, RECORD, ENUM, INTERFACE, VARIABLE -> {
                    TreePath path = getCurrentPath() == null ? new TreePath((CompilationUnitTree) tree) : new TreePath(getCurrentPath(), tree);
                    Element element = trees.getElement(path);
                    if (element != null) {
                        places.put(element, path);
                    }
                }
                default -> {}
            }
            return super.scan(tree, null);
        }
    }

    /** The package's own types, by file. */
    List<TypeElement> types() {
        return types;
    }

    Elements elements() {
        return elements;
    }

    /** Where a thing stands; null: it belongs to another package. */
    @Nullable TreePath placeOf(Element element) {
        return places.get(element);
    }

    /** What an expression or name in the source stands for. */
    @Nullable Element meant(TreePath path) {
        return trees.getElement(path);
    }

    /** What a comment says: its first sentence, all of it, and of each parameter. */
    record Words(String first, String whole, Map<String, String> parameters, List<String> links) {
        static final Words NONE = new Words("", "", Map.of(), List.of());
    }

    Words wordsOf(Element element) {
        TreePath path = placeOf(element);
        DocCommentTree comment = path == null ? null : trees.getDocCommentTree(path);
        if (comment == null) {
            return Words.NONE;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (DocTree tag : comment.getBlockTags()) {
            if (tag instanceof ParamTree parameter) {
                parameters.put(parameter.getName().toString(), text(parameter.getDescription()));
            }
        }
        return new Words(text(comment.getFirstSentence()), text(comment.getFullBody()), parameters,
                comment.getFullBody().stream().filter(LinkTree.class::isInstance)
                        .map(each -> ((LinkTree) each).getReference().getSignature()).toList());
    }

    private static String text(List<? extends DocTree> parts) {
        return parts.stream().map(part -> switch (part) {
            case TextTree text -> text.getBody();
            case LiteralTree literal -> "`" + literal.getBody().getBody() + "`";
            case LinkTree link -> link.getLabel().isEmpty() ? link.getReference().getSignature().replaceFirst("^.*#", "") : text(link.getLabel());
            case EntityTree entity -> entity.toString();
            default -> " ";
        }).collect(Collectors.joining()).replaceAll("\\s+", " ").strip();
    }

    /** A constant text in the source; null: it is none. */
    static @Nullable String literal(ExpressionTree expression) {
        return expression instanceof com.sun.source.tree.LiteralTree literal && literal.getValue() instanceof String text ? text : null;
    }
}
